package docker

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/docker/api/types"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/terraform-providers/terraform-provider-docker/shim"
)

// registryAuth reads registry_auth as upstream does: a user name with a password, else the content
// of a Docker configuration file, else the file itself. Upstream's reader is reached only through
// its configure function, which pings.
func registryAuth(d *schema.ResourceData) (*shim.AuthConfigs, error) {
	auth := &shim.AuthConfigs{Configs: map[string]types.AuthConfig{}}
	set, ok := d.GetOk("registry_auth")
	if !ok {
		return auth, nil
	}
	for _, raw := range set.(*schema.Set).List() {
		entry := raw.(map[string]any)
		address := entry["address"].(string)
		config, err := credentials(registryHost(address), entry)
		if err != nil {
			return nil, fmt.Errorf("registryAuth of %q: %w", address, err)
		}
		config.ServerAddress = registryAddress(address)
		auth.Configs[registryHost(address)] = config
	}
	return auth, nil
}

func credentials(host string, entry map[string]any) (types.AuthConfig, error) {
	text := func(key string) string { s, _ := entry[key].(string); return s }
	if name := text("username"); name != "" {
		return types.AuthConfig{Username: name, Password: text("password")}, nil
	}
	if content := text("config_file_content"); content != "" {
		return credentialsFrom(strings.NewReader(content), host)
	}
	if path := text("config_file"); path != "" {
		if rest, ok := strings.CutPrefix(path, "~/"); ok {
			home, err := os.UserHomeDir()
			if err != nil {
				return types.AuthConfig{}, err
			}
			path = filepath.Join(home, rest)
		}
		file, err := os.Open(path)
		if err != nil {
			return types.AuthConfig{}, err
		}
		defer file.Close()
		return credentialsFrom(file, host)
	}
	return types.AuthConfig{}, nil
}

func credentialsFrom(content io.Reader, host string) (types.AuthConfig, error) {
	file := configfile.New("")
	if err := file.LoadFromReader(content); err != nil {
		return types.AuthConfig{}, fmt.Errorf("not a Docker configuration file: %w", err)
	}
	found, err := file.GetAuthConfig(host)
	return types.AuthConfig{Username: found.Username, Password: found.Password}, err
}

func registryAddress(address string) string {
	if strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://") {
		return address
	}
	return "https://" + address
}

func registryHost(address string) string {
	_, rest, _ := strings.Cut(registryAddress(address), "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}
