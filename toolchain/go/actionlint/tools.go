//go:build tools

// Package tools pins actionlint: go.mod and go.sum name what build.sh builds.
package tools

import _ "github.com/rhysd/actionlint/cmd/actionlint"
