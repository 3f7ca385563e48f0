//go:build tools

// Package tools pins the nats command line client: go.mod and go.sum name what build.sh builds.
package tools

import _ "github.com/nats-io/natscli/nats"
