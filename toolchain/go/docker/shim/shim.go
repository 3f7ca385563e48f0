// Package shim lives under the import path of terraform-provider-docker, because Go lets only
// packages there import its internal/provider. It holds nothing else.
package shim

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

type (
	// Config makes the Docker client of an engine.
	Config = provider.Config
	// ProviderConfig is what upstream's resource functions expect as their meta argument.
	ProviderConfig = provider.ProviderConfig
	// AuthConfigs holds the credentials of registries by host name.
	AuthConfigs = provider.AuthConfigs
)

// NewProvider returns upstream's provider as it is.
func NewProvider() *schema.Provider { return provider.New("2.23.0")() }
