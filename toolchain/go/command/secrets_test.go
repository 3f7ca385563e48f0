package main

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

func TestTheHostStaysReadableInASecretConnection(t *testing.T) {
	found := findSecrets(property.NewMap(values{"connection": object(values{
		"host": text("server.example"), "user": text("root"), "password": text("hunter22"),
		"proxy": object(values{"host": text("proxy.example"), "privateKey": text("proxy-key")}),
	}).WithSecret(true)}))
	got := found.mask("root@server.example via proxy.example: hunter22 proxy-key")
	if want := "root@server.example via proxy.example: [secret] [secret]"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestALineOrALongWordOfASecretIsMaskedAlone(t *testing.T) {
	found := findSecrets(property.NewMap(values{"stdin": text("[Interface]\nPrivateKey = QUJDREVGR0hJSktMTU5PUA==\n")}))
	got := found.mask("Line unrecognized: `PrivateKey=QUJDREVGR0hJSktMTU5PUA=='")
	if want := "Line unrecognized: `PrivateKey=[secret]'"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestMarkedValuesAreFoundHoweverDeepTheyAre(t *testing.T) {
	found := findSecrets(property.NewMap(values{
		"triggers": property.New(property.NewArray([]property.Value{secret("in-a-list"), text("plain")})),
		"create":   secret("whole command"),
	}))
	got := found.mask("in-a-list plain whole command")
	if want := "[secret] plain [secret]"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestAnErrorWithoutSecretsIsLeftAsItIs(t *testing.T) {
	err := errors.New("nothing here")
	if (secrets{"secret"}).maskError(err) != err || (secrets{}).maskError(nil) != nil {
		t.Error("it was replaced")
	}
}
