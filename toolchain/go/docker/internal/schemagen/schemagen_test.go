package schemagen

import (
	"bytes"
	"os"
	"testing"
)

func TestTheCommittedSchemaIsTheGeneratedOne(t *testing.T) {
	got, err := os.ReadFile("../../cmd/pulumi-resource-docker/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	want, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("schema.json is not what the provider says; run `go generate ./...` in this module")
	}
}
