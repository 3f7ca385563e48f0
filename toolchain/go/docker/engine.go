package docker

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/versions"
	"github.com/docker/docker/client"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"golang.org/x/sync/singleflight"
)

// An attempt that fails sooner than slowFailure is made again, up to retryFor in all: sshd refuses
// connections beyond its MaxStartups, and an engine that restarts refuses for a moment. What took
// longer was a time-out and would only be waited for again.
const (
	slowFailure = 2 * time.Second
	retryFor    = 5 * time.Second
	retryPause  = 300 * time.Millisecond
)

// engines finds the engine of a client; upstream's functions only hand the client around.
var engines sync.Map // *client.Client → *engine

// engine agrees on an API version before the first request of a resource.
//
// The client could negotiate by itself, but takes a ping that failed for an engine of before 2017:
// it then stays on API 1.24 and refuses half of what a container needs.
type engine struct {
	client *client.Client
	host   string
	agreed atomic.Bool
	flight singleflight.Group
}

// ready returns when the API version is agreed on: the highest that both sides know.
func (e *engine) ready(ctx context.Context) error {
	if e.agreed.Load() {
		return nil
	}
	_, err, _ := e.flight.Do("", func() (any, error) {
		if e.agreed.Load() {
			return nil, nil
		}
		return nil, e.negotiate(ctx)
	})
	return err
}

func (e *engine) negotiate(ctx context.Context) error {
	newest := e.client.ClientVersion()
	ping, err := pingRepeatedly(ctx, e.client)
	if err != nil {
		return fmt.Errorf("Docker engine at %s not reached: %w", e.host, err)
	}
	e.client.NegotiateAPIVersionPing(ping)
	if versions.GreaterThan(ping.APIVersion, newest) {
		// Only now can the engine say whether it still speaks a version as old as ours.
		if _, err := e.client.ServerVersion(ctx); err != nil {
			return fmt.Errorf("Docker engine at %s (API %s) refuses API %s, the newest that this locally built "+
				"docker plugin speaks: %w. Use the official plugin, or an engine up to version 28",
				e.host, ping.APIVersion, newest, err)
		}
	}
	e.agreed.Store(true)
	return nil
}

func pingRepeatedly(ctx context.Context, cli *client.Client) (types.Ping, error) {
	deadline := time.Now().Add(retryFor)
	for {
		start := time.Now()
		ping, err := cli.Ping(ctx)
		if err == nil || time.Since(start) > slowFailure || time.Now().After(deadline) {
			return ping, err
		}
		select {
		case <-ctx.Done():
			return ping, ctx.Err()
		case <-time.After(retryPause):
		}
	}
}

// waitForEngine puts ready before each function of r that talks to the engine.
func waitForEngine(r *schema.Resource) {
	r.CreateContext = afterReady(r.CreateContext)
	r.ReadContext = afterReady(r.ReadContext)
	r.UpdateContext = afterReady(r.UpdateContext)
	r.DeleteContext = afterReady(r.DeleteContext)
}

type operation interface {
	~func(context.Context, *schema.ResourceData, any) diag.Diagnostics
}

func afterReady[F operation](f F) F {
	if f == nil {
		return nil
	}
	return func(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
		if e, ok := engines.Load(dockerClient(meta)); ok {
			if err := e.(*engine).ready(ctx); err != nil {
				return diag.FromErr(err)
			}
		}
		return f(ctx, d, meta)
	}
}
