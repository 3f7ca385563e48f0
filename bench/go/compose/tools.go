//go:build tools

// Package tools pins docker-compose: go.mod and go.sum name what build.sh builds.
package tools

import _ "github.com/docker/compose/v2/cmd"
