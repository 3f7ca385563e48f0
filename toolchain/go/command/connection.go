package main

import (
	"fmt"
	"net"
	"strconv"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
)

// Endpoint says how to log in to one SSH server.
type Endpoint struct {
	Host string `pulumi:"host"`
	// Port defaults to 22.
	Port *float64 `pulumi:"port,optional"`
	// User defaults to root.
	User     *string `pulumi:"user,optional"`
	Password *string `pulumi:"password,optional" provider:"secret"`
	// PrivateKey is the content of a key file.
	PrivateKey         *string `pulumi:"privateKey,optional" provider:"secret"`
	PrivateKeyPassword *string `pulumi:"privateKeyPassword,optional" provider:"secret"`
	// AgentSocketPath defaults to the environment variable SSH_AUTH_SOCK.
	AgentSocketPath *string `pulumi:"agentSocketPath,optional"`
	// HostKey is the server's public key in the form of authorized_keys. Without one the server is
	// not checked at all.
	HostKey *string `pulumi:"hostKey,optional"`
	// DialErrorLimit is how many failed attempts are forgiven, -1 for all of them. Default 10.
	DialErrorLimit *int `pulumi:"dialErrorLimit,optional"`
	// PerDialTimeout is the most that one attempt may take in seconds, 0 for no limit. Default 15.
	PerDialTimeout *int `pulumi:"perDialTimeout,optional"`
}

// Connection is an endpoint that may be behind another.
type Connection struct {
	Endpoint
	// Proxy is a host to go through.
	Proxy *Endpoint `pulumi:"proxy,optional"`
}

const (
	defaultPort           = 22
	defaultUser           = "root"
	defaultDialErrorLimit = 10
	unlimitedDialErrors   = -1
	defaultPerDialTimeout = 15
)

func (e Endpoint) address() string {
	return net.JoinHostPort(e.Host, strconv.Itoa(int(valueOr(e.Port, defaultPort))))
}

// perDialTimeout is 0 for no limit.
func (e Endpoint) perDialTimeout() time.Duration {
	return time.Duration(valueOr(e.PerDialTimeout, defaultPerDialTimeout)) * time.Second
}

// attempts is how often to dial, 0 for ever.
func (e Endpoint) attempts() int {
	limit := valueOr(e.DialErrorLimit, defaultDialErrorLimit)
	if limit == unlimitedDialErrors {
		return 0
	}
	return limit + 1
}

func (e Endpoint) check(path string) (failures []p.CheckFailure) {
	fail := func(property string, value any, allowed string) {
		failures = append(failures, p.CheckFailure{
			Property: path + "." + property, Reason: fmt.Sprintf("%v is not allowed; expected %s", value, allowed),
		})
	}
	// A zero may be a value that is not known yet; port 0 is found when it is dialled.
	if port := valueOr(e.Port, defaultPort); port != 0 && (port < 1 || port > 65535 || port != float64(int(port))) {
		fail("port", port, "a whole number from 1 to 65535")
	}
	if limit := valueOr(e.DialErrorLimit, defaultDialErrorLimit); limit < unlimitedDialErrors {
		fail("dialErrorLimit", limit, "-1 for no limit, or 0 and more")
	}
	if timeout := valueOr(e.PerDialTimeout, defaultPerDialTimeout); timeout < 0 {
		fail("perDialTimeout", timeout, "0 for no limit, or a number of seconds")
	}
	return failures
}

func (c Connection) check() []p.CheckFailure {
	failures := c.Endpoint.check("connection")
	if c.Proxy != nil {
		failures = append(failures, c.Proxy.check("connection.proxy")...)
	}
	return failures
}

func valueOr[T any](p *T, fallback T) T {
	if p == nil {
		return fallback
	}
	return *p
}
