package docker

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// Version is the release of @pulumi/docker whose names are served, marked as a build of our own.
const Version = "5.2.0+unityplan"

func token(name string) tokens.Type {
	return tokens.Type("docker:index/" + string(name[0]+'a'-'A') + name[1:] + ":" + name)
}

// Info maps the resources onto the names of @pulumi/docker.
func Info() tfbridge.ProviderInfo {
	return tfbridge.ProviderInfo{
		P: shimv2.NewProvider(NewProvider()), Name: "docker", Version: Version,
		Config: map[string]*tfbridge.SchemaInfo{
			"host": {Default: &tfbridge.DefaultInfo{
				Value: "unix:///var/run/docker.sock", EnvVars: []string{"DOCKER_HOST"},
			}},
			"registry_auth": {Name: "registryAuth", MaxItemsOne: tfbridge.False()},
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			"docker_container": {Tok: token("Container"), DeleteBeforeReplace: true, Fields: map[string]*tfbridge.SchemaInfo{
				"command": {Name: "command"}, "networks_advanced": {Name: "networksAdvanced"},
			}},
			"docker_image":   {Tok: token("RemoteImage")},
			"docker_network": {Tok: token("Network")},
			"docker_volume":  {Tok: token("Volume")},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"docker_network": {Tok: "docker:index/getNetwork:getNetwork"},
			"docker_image":   {Tok: "docker:index/getRemoteImage:getRemoteImage"},
		},
	}
}
