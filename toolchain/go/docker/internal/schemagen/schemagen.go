// Package schemagen makes the Pulumi schema from the provider.
package schemagen

import (
	"encoding/json"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"

	"toolchain/docker"
)

// Schema returns the schema as JSON. It changes the working directory: the generator would load the
// Pulumi project that it finds above it, with the project's plugins.
func Schema() ([]byte, error) {
	if err := os.Chdir(os.TempDir()); err != nil {
		return nil, err
	}
	generated, err := tfgen.GenerateSchemaWithOptions(tfgen.GenerateSchemaOptions{
		ProviderInfo:    docker.Info(),
		XInMemoryDocs:   true,
		DiagnosticsSink: diag.DefaultSink(os.Stderr, os.Stderr, diag.FormatOptions{Color: colors.Never}),
	})
	if err != nil {
		return nil, err
	}
	generated.PackageSpec.Version = docker.Version
	text, err := json.MarshalIndent(generated.PackageSpec, "", " ")
	return append(text, '\n'), err
}
