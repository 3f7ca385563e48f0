// gen writes the Pulumi schema of the plugin into the file that it is given. The schema is committed:
// making it needs all of Pulumi's code generators, which would more than double the build.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"toolchain/docker/internal/schemagen"
)

func main() {
	path, err := filepath.Abs(os.Args[1])
	if err == nil {
		var schema []byte
		if schema, err = schemagen.Schema(); err == nil {
			err = os.WriteFile(path, schema, 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
