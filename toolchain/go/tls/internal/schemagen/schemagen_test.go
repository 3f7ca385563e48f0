package schemagen

import (
	"bytes"
	"os"
	"testing"
)

func TestTheCommittedSchemaIsTheGeneratedOne(t *testing.T) {
	const folder = "../../cmd/pulumi-resource-tls/"
	committedSchema, err := os.ReadFile(folder + "schema.json")
	if err != nil {
		t.Fatal(err)
	}
	committedNames, err := os.ReadFile(folder + "bridge-metadata.json")
	if err != nil {
		t.Fatal(err)
	}
	schema, names, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committedSchema, schema) || !bytes.Equal(committedNames, names) {
		t.Error("the committed files are not what the provider says; run `go generate ./...` in this module")
	}
}
