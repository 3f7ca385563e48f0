package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"sync"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"golang.org/x/crypto/ssh"
)

const (
	localToken  = "command:local:Command"
	remoteToken = "command:remote:Command"
	copyToken   = "command:remote:CopyToRemote"
)

type values = map[string]property.Value

// rsaSigner is made once: it takes long.
var rsaSigner = sync.OnceValue(func() ssh.Signer {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		panic(err)
	}
	return signer
})

func urn(token string) resource.URN {
	return resource.NewURN("stack", "project", "", tokens.Type(token), "name")
}

func started(t *testing.T) p.Provider {
	t.Helper()
	// An agent of whoever runs the tests must not let them in.
	t.Setenv("SSH_AUTH_SOCK", "")
	provider, err := newProvider()
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

func text(s string) property.Value   { return property.New(s) }
func secret(s string) property.Value { return property.New(s).WithSecret(true) }

func object(m values) property.Value { return property.New(property.NewMap(m)) }

func list(items ...string) property.Value {
	var v []property.Value
	for _, i := range items {
		v = append(v, text(i))
	}
	return property.New(property.NewArray(v))
}

func create(t *testing.T, token string, inputs values) (property.Map, error) {
	t.Helper()
	response, err := started(t).Create(context.Background(), p.CreateRequest{Urn: urn(token), Properties: property.NewMap(inputs)})
	return overTheWire(t, response.Properties), err
}

// overTheWire is what the engine makes of the state that it is sent: assets are plain maps before.
func overTheWire(t *testing.T, m property.Map) property.Map {
	t.Helper()
	options := plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}
	sent, err := plugin.MarshalProperties(resource.ToResourcePropertyValue(property.New(m)).ObjectValue(), options)
	if err != nil {
		t.Fatal(err)
	}
	received, err := plugin.UnmarshalProperties(sent, options)
	if err != nil {
		t.Fatal(err)
	}
	return resource.FromResourcePropertyValue(resource.NewProperty(received)).AsMap()
}

func mustCreate(t *testing.T, token string, inputs values) property.Map {
	t.Helper()
	state, err := create(t, token, inputs)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func update(t *testing.T, token string, state property.Map, inputs values) (property.Map, error) {
	t.Helper()
	response, err := started(t).Update(context.Background(), p.UpdateRequest{
		Urn: urn(token), ID: "id", State: state, Inputs: property.NewMap(inputs),
	})
	return overTheWire(t, response.Properties), err
}

func remove(t *testing.T, token string, state property.Map) error {
	t.Helper()
	return started(t).Delete(context.Background(), p.DeleteRequest{Urn: urn(token), ID: "id", Properties: state})
}

func check(t *testing.T, token string, inputs values) []p.CheckFailure {
	t.Helper()
	response, err := started(t).Check(context.Background(), p.CheckRequest{Urn: urn(token), Inputs: property.NewMap(inputs)})
	if err != nil {
		t.Fatal(err)
	}
	return response.Failures
}

// connectionTo is a connection by password to s, with extra in it.
func connectionTo(s *sshServer, extra values) property.Value {
	m := values{
		"host": text("127.0.0.1"), "port": property.New(s.port()), "user": text(testUser),
		"password": text(testPassword), "hostKey": text(s.hostKey()), "dialErrorLimit": property.New(0.0),
	}
	for k, v := range extra {
		if v.IsNull() {
			delete(m, k)
		} else {
			m[k] = v
		}
	}
	return object(m).WithSecret(true)
}

func wantText(t *testing.T, state property.Map, key, want string) {
	t.Helper()
	if v := state.Get(key); !v.IsString() || v.AsString() != want {
		t.Errorf("%s is %#v, want %q", key, v, want)
	}
}

func wantError(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q is not in: %s", w, err)
		}
	}
}

func wantNowhere(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(err.Error(), w) {
			t.Errorf("%q is in: %s", w, err)
		}
	}
}
