package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// hideSecrets keeps secrets out of what the provider says. A resource's code is given plain values;
// here they still carry their marks. Masked are all inputs that are marked as secret, and stdin,
// passwords and private keys whether they are or not.
func hideSecrets(provider p.Provider) p.Provider {
	create, update, remove := provider.Create, provider.Update, provider.Delete
	provider.Create = func(ctx context.Context, req p.CreateRequest) (p.CreateResponse, error) {
		secrets := findSecrets(req.Properties)
		response, err := create(withSecrets(ctx, secrets), req)
		return response, secrets.maskError(err)
	}
	provider.Update = func(ctx context.Context, req p.UpdateRequest) (p.UpdateResponse, error) {
		secrets := findSecrets(req.State, req.Inputs)
		response, err := update(withSecrets(ctx, secrets), req)
		return response, secrets.maskError(err)
	}
	provider.Delete = func(ctx context.Context, req p.DeleteRequest) error {
		secrets := findSecrets(req.Properties)
		return secrets.maskError(remove(withSecrets(ctx, secrets), req))
	}
	return provider
}

// secrets are texts that are not shown, the longest first.
type secrets []string

const (
	masked = "[secret]"
	// Of a text of many lines or words, parts are masked as well, because a program often repeats
	// just the line or the word that it does not like. Shorter ones would mask ordinary words.
	shortestSecret = 4
	shortestLine   = 8
	shortestWord   = 16
)

var (
	alwaysSecret = []string{"stdin", "password", "privateKey", "privateKeyPassword"}
	// The whole connection is marked as secret, but an error must be able to name its host.
	neverSecret = []string{"host", "port", "user", "hostKey", "agentSocketPath", "dialErrorLimit", "perDialTimeout"}
)

func findSecrets(properties ...property.Map) secrets {
	var found secrets
	for _, m := range properties {
		for key, value := range m.All {
			found = appendSecrets(found, key, value, false)
		}
	}
	slices.SortFunc(found, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(found)
}

func appendSecrets(found secrets, key string, value property.Value, secret bool) secrets {
	secret = secret || value.Secret() || slices.Contains(alwaysSecret, key)
	switch {
	case key == "connection" && value.IsMap():
		found = appendConnection(found, value.AsMap())
	case value.IsMap():
		for k, v := range value.AsMap().All {
			found = appendSecrets(found, k, v, secret)
		}
	case value.IsArray():
		for _, v := range value.AsArray().All {
			found = appendSecrets(found, "", v, secret)
		}
	case value.IsString() && secret:
		found = appendText(found, value.AsString())
	case value.IsAsset() && secret:
		found = appendText(found, value.AsAsset().Text)
	}
	return found
}

func appendConnection(found secrets, connection property.Map) secrets {
	for key, value := range connection.All {
		if key == "proxy" && value.IsMap() {
			found = appendConnection(found, value.AsMap())
		} else if !slices.Contains(neverSecret, key) {
			found = appendSecrets(found, key, value, true)
		}
	}
	return found
}

func appendText(found secrets, text string) secrets {
	if text = strings.TrimSpace(text); len(text) >= shortestSecret {
		found = append(found, text)
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) >= shortestLine {
			found = append(found, line)
		}
	}
	for word := range strings.FieldsSeq(text) {
		if len(word) >= shortestWord {
			found = append(found, word)
		}
	}
	return found
}

func (s secrets) mask(text string) string {
	for _, secret := range s {
		text = strings.ReplaceAll(text, secret, masked)
	}
	return text
}

func (s secrets) maskError(err error) error {
	if err == nil {
		return nil
	}
	if text := s.mask(err.Error()); text != err.Error() {
		return errors.New(text)
	}
	return err
}

type secretsKey struct{}

func withSecrets(ctx context.Context, s secrets) context.Context {
	return context.WithValue(ctx, secretsKey{}, s)
}

func secretsIn(ctx context.Context) secrets {
	s, _ := ctx.Value(secretsKey{}).(secrets)
	return s
}
