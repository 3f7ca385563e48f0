// Package docker is terraform-provider-docker 2.23 with the faults taken out that matter to a
// Pulumi program which manages engines on other hosts. README.md lists them.
package docker

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/terraform-providers/terraform-provider-docker/shim"
)

// NewProvider returns the provider that the Pulumi bridge serves.
func NewProvider() *schema.Provider {
	p := shim.NewProvider()
	p.ResourcesMap = map[string]*schema.Resource{
		"docker_container": p.ResourcesMap["docker_container"],
		"docker_image":     p.ResourcesMap["docker_image"],
		"docker_network":   p.ResourcesMap["docker_network"],
		"docker_volume":    p.ResourcesMap["docker_volume"],
	}
	p.DataSourcesMap = map[string]*schema.Resource{
		"docker_image":   p.DataSourcesMap["docker_image"],
		"docker_network": p.DataSourcesMap["docker_network"],
	}
	// Official releases ping the engine unless this is set. This one never does, so that it is
	// accepted and changes nothing.
	p.Schema["disable_docker_daemon_check"] = &schema.Schema{
		Type:        schema.TypeBool,
		Optional:    true,
		Description: "Accepted for the official plugin's sake: this one never contacts the engine while it is configured.",
	}
	p.ConfigureContextFunc = configure

	mendContainer(p.ResourcesMap["docker_container"])
	mendNetwork(p.ResourcesMap["docker_network"])
	mendVolume(p.ResourcesMap["docker_volume"])
	for _, r := range p.ResourcesMap {
		waitForEngine(r)
	}
	for _, r := range p.DataSourcesMap {
		waitForEngine(r)
	}
	return p
}
