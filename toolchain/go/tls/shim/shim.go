// Package shim lives under the import path of terraform-provider-tls, because Go lets only packages
// there import its internal/provider. It holds nothing else.
package shim

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"

	upstream "github.com/hashicorp/terraform-provider-tls/internal/provider"
)

// NewProvider returns upstream's provider as it is.
func NewProvider() provider.Provider { return upstream.New() }
