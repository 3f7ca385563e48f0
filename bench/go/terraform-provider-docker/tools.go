//go:build tools

// Package tools pins terraform-provider-docker 2.23.0: go.mod and go.sum name what build.sh builds.
package tools

import _ "github.com/terraform-providers/terraform-provider-docker"
