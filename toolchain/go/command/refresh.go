package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Read restores the assets and the archive of a local command. In a refresh the engine sends them
// without their contents, expects to get them back that way, and restores those that are inputs.
// These are outputs, so that it would lose them, and the next run of the program would fail on an
// "Invalid asset". Their contents are where the command left them.
func (*LocalCommand) Read(
	_ context.Context, req infer.ReadRequest[LocalArgs, LocalState],
) (infer.ReadResponse[LocalArgs, LocalState], error) {
	state := req.State
	dir := valueOr(state.Dir, "")
	if dir == "" {
		dir, _ = os.Getwd()
	}
	for path, asset := range state.Assets {
		if !asset.HasContents() {
			asset.Path = filepath.Join(dir, path)
		}
	}
	if state.Archive != nil && !state.Archive.HasContents() {
		state.Archive = restoredArchive(dir, state)
	}
	return infer.ReadResponse[LocalArgs, LocalState]{ID: req.ID, Inputs: req.Inputs, State: state}, nil
}

// restoredArchive keeps the hash of what was found when the command ran: it is not run again.
func restoredArchive(dir string, state LocalState) *resource.Archive {
	var now LocalState
	now.ArchivePaths = state.ArchivePaths
	if err := collectFiles(dir, &now); err != nil || now.Archive == nil {
		return state.Archive
	}
	now.Archive.Hash = state.Archive.Hash
	return now.Archive
}
