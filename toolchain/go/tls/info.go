// Package tls serves terraform-provider-tls under the names of @pulumi/tls, without a change.
package tls

import (
	"github.com/hashicorp/terraform-provider-tls/shim"
	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
)

// Version is the release of @pulumi/tls whose names are served, marked as a build of our own.
const Version = "5.6.1+unityplan"

// Info maps the resources onto the names of @pulumi/tls. metadata is the bridge's own record of the
// names that it chose, "{}" when they are made anew.
func Info(metadata []byte) tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P: pf.ShimProvider(shim.NewProvider()), Name: "tls", Version: Version,
		MetadataInfo:                   tfbridge.NewProviderMetadata(metadata),
		EnableZeroDefaultSchemaVersion: true,
		EnableAccurateBridgePreview:    true,
	}
	info.MustComputeTokens(tokens.SingleModule("tls_", "index", tokens.MakeStandard("tls")))
	return info
}
