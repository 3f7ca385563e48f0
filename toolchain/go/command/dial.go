package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// Waiting between attempts to dial, as the official plugin does.
const (
	firstWait = 100 * time.Millisecond
	mostWait  = 5 * time.Second
)

// A connection that is silent for aliveInterval is asked for a sign of life, and closed if there is
// none within another: a command on a host that froze would be waited for without end.
const aliveInterval = 15 * time.Second

// client is a connection to an SSH server, through its proxy if it has one.
type client struct {
	*ssh.Client
	proxy *client
	stop  func() bool
}

// dial connects to c. It gives up when ctx ends, after as many failures as c allows, and at once
// when the host key is wrong or nobody may log in: waiting cures neither. Ending ctx later closes
// the connection.
func dial(ctx context.Context, c Connection) (*client, error) {
	if c.Proxy == nil {
		return dialRepeatedly(ctx, c.Endpoint, (&net.Dialer{}).DialContext)
	}
	proxy, err := dialRepeatedly(ctx, *c.Proxy, (&net.Dialer{}).DialContext)
	if err != nil {
		return nil, fmt.Errorf("proxy %w", err)
	}
	target, err := dialRepeatedly(ctx, c.Endpoint, proxy.DialContext)
	if err != nil {
		proxy.Close()
		return nil, fmt.Errorf("through proxy %s: %w", c.Proxy.address(), err)
	}
	target.proxy = proxy
	return target, nil
}

func (c *client) Close() error {
	c.stop()
	err := c.Client.Close()
	if c.proxy != nil {
		c.proxy.Close()
	}
	return err
}

type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

func dialRepeatedly(ctx context.Context, e Endpoint, dial dialFunc) (*client, error) {
	config, done, err := clientConfig(e)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.address(), err)
	}
	defer done()
	wait := firstWait
	for attempt := 1; ; attempt++ {
		connection, err := dialOnce(ctx, e, config, dial)
		if err == nil {
			return connection, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%s: %w (the last of %d attempts: %w)", e.address(), context.Cause(ctx), attempt, err)
		}
		if incurable(err) {
			return nil, fmt.Errorf("%s: %w", e.address(), err)
		}
		if limit := e.attempts(); limit != 0 && attempt >= limit {
			return nil, fmt.Errorf("%s: after %d failed attempts: %w", e.address(), attempt, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(wait*3/2, mostWait)
	}
}

// dialOnce bounds the TCP connection and the handshake together.
func dialOnce(ctx context.Context, e Endpoint, config *ssh.ClientConfig, dial dialFunc) (*client, error) {
	bounded, cancel := ctx, func() {}
	if config.Timeout > 0 {
		bounded, cancel = context.WithTimeout(ctx, config.Timeout)
	}
	defer cancel()
	conn, err := dial(bounded, "tcp", e.address())
	if err != nil {
		return nil, err
	}
	abort := context.AfterFunc(bounded, func() { conn.Close() })
	sshConn, channels, requests, err := ssh.NewClientConn(conn, e.address(), config)
	if !abort() && err == nil {
		sshConn.Close()
		err = bounded.Err()
	}
	if err != nil {
		conn.Close()
		if bounded.Err() != nil && ctx.Err() == nil {
			return nil, fmt.Errorf("no SSH connection within %s", config.Timeout)
		}
		return nil, err
	}
	c := &client{Client: ssh.NewClient(sshConn, channels, requests)}
	c.stop = context.AfterFunc(ctx, func() { c.Client.Close() })
	go closeWhenDead(c.Client, aliveInterval)
	return c, nil
}

// incurable tells by the words of the ssh package, which has no types for these errors.
func incurable(err error) bool {
	text := err.Error()
	return strings.Contains(text, "host key mismatch") || strings.Contains(text, "unable to authenticate")
}

// closeWhenDead ends when the connection does.
func closeWhenDead(c *ssh.Client, interval time.Duration) {
	ended := make(chan struct{})
	go func() { c.Wait(); close(ended) }()
	for {
		select {
		case <-ended:
			return
		case <-time.After(interval):
		}
		answered := make(chan error, 1)
		go func() {
			_, _, err := c.SendRequest("keepalive@openssh.com", true, nil)
			answered <- err
		}()
		select {
		case err := <-answered:
			if err != nil {
				return
			}
		case <-time.After(interval):
			c.Close()
			return
		}
	}
}

var errConnectionLost = errors.New("the connection was lost while the command ran")
