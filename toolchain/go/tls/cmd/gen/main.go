// gen writes the Pulumi schema of the plugin and the bridge's record of names into the two files
// that it is given. Both are committed: making them needs all of Pulumi's code generators, which
// would more than double the build.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"toolchain/tls/internal/schemagen"
)

func main() {
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(schemaPath, metadataPath string) error {
	schemaPath, err := filepath.Abs(schemaPath)
	if err != nil {
		return err
	}
	if metadataPath, err = filepath.Abs(metadataPath); err != nil {
		return err
	}
	schema, metadata, err := schemagen.Schema()
	if err != nil {
		return err
	}
	if err := os.WriteFile(schemaPath, schema, 0o644); err != nil {
		return err
	}
	return os.WriteFile(metadataPath, metadata, 0o644)
}
