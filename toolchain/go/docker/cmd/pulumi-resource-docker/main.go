// pulumi-resource-docker is the plugin that the Pulumi engine starts.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"

	"toolchain/docker"
)

//go:generate go run ../gen schema.json
//go:embed schema.json
var schema []byte

func main() { tfbridge.Main("docker", docker.Version, docker.Info(), schema) }
