package docker

import (
	"context"
	"fmt"
	"slices"

	"github.com/docker/docker/client"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/terraform-providers/terraform-provider-docker/shim"
)

// configure makes the client and sends nothing: upstream pings here, so that a preview of a stack
// on hosts that cannot be reached fails.
func configure(_ context.Context, d *schema.ResourceData) (any, diag.Diagnostics) {
	config := shim.Config{
		Host:     d.Get("host").(string),
		SSHOpts:  sshOptions(d.Get("ssh_opts").([]any)),
		Ca:       d.Get("ca_material").(string),
		Cert:     d.Get("cert_material").(string),
		Key:      d.Get("key_material").(string),
		CertPath: d.Get("cert_path").(string),
	}
	cli, err := config.NewClient()
	if err != nil {
		return nil, diag.Errorf("no Docker client for host %q: %s", config.Host, err)
	}
	if err := setUploadAttributes(cli); err != nil {
		return nil, diag.Errorf("no Docker client for host %q: %s", config.Host, err)
	}
	auth, err := registryAuth(d)
	if err != nil {
		return nil, diag.FromErr(err)
	}
	engines.Store(cli, &engine{client: cli, host: config.Host})
	return &shim.ProviderConfig{DockerClient: cli, AuthConfigs: auth}, nil
}

// sshOptions has no spare capacity: the connection helper appends to this slice from many
// goroutines, and with room behind its end they would overwrite each other's arguments.
func sshOptions(raw []any) []string {
	opts := make([]string, 0, len(raw))
	for _, o := range raw {
		opts = append(opts, fmt.Sprint(o))
	}
	return slices.Clip(opts)
}

func dockerClient(meta any) *client.Client { return meta.(*shim.ProviderConfig).DockerClient }
