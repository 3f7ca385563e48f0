//go:build tools

// Package tools pins nats-server: go.mod and go.sum name what is built.
package tools

import _ "github.com/nats-io/nats-server/v2"
