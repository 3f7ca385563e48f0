// Package schemagen makes the Pulumi schema from the provider.
package schemagen

import (
	"encoding/json"
	"os"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	"github.com/pulumi/pulumi-terraform-bridge/v3/unstable/metadata"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"

	"toolchain/tls"
)

// Schema returns the schema and the bridge's record of names, both as JSON. It changes the working
// directory: the generator would load the Pulumi project that it finds above it, with the
// project's plugins.
func Schema() (schema, names []byte, err error) {
	if err := os.Chdir(os.TempDir()); err != nil {
		return nil, nil, err
	}
	info := tls.Info([]byte("{}"))
	generated, err := tfgen.GenerateSchemaWithOptions(tfgen.GenerateSchemaOptions{
		ProviderInfo:    info,
		XInMemoryDocs:   true,
		DiagnosticsSink: diag.DefaultSink(os.Stderr, os.Stderr, diag.FormatOptions{Color: colors.Never}),
	})
	if err != nil {
		return nil, nil, err
	}
	generated.PackageSpec.Version = tls.Version
	schema, err = json.MarshalIndent(generated.PackageSpec, "", " ")
	names = (*metadata.Data)(tfbridge.ExtractRuntimeMetadata(info.MetadataInfo).Data).Marshal()
	return append(schema, '\n'), names, err
}
