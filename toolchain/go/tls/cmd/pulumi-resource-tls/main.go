// pulumi-resource-tls is the plugin that the Pulumi engine starts.
package main

import (
	"context"
	_ "embed"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"

	"toolchain/tls"
)

//go:generate go run ../gen schema.json bridge-metadata.json
//go:embed schema.json
var schema []byte

//go:embed bridge-metadata.json
var metadata []byte

func main() {
	tfbridge.Main(context.Background(), "tls", tls.Info(metadata), tfbridge.ProviderMetadata{
		PackageSchema: schema, BridgeMetadata: metadata,
	})
}
