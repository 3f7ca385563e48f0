package main

import (
	"context"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// LocalCommand is command:local:Command: a command on the machine that runs Pulumi.
type LocalCommand struct{}

// LocalArgs are its inputs.
type LocalArgs struct {
	LifecycleArgs
	ProcessArgs
	// Interpreter is the program, with its arguments, that is given the command. Default /bin/sh -c.
	Interpreter []string `pulumi:"interpreter,optional"`
	// Dir is where the command runs. Default the folder of the Pulumi program.
	Dir *string `pulumi:"dir,optional"`
	// AssetPaths and ArchivePaths are globs of files, relative to Dir, that are read afterwards.
	AssetPaths   []string `pulumi:"assetPaths,optional"`
	ArchivePaths []string `pulumi:"archivePaths,optional"`
}

// LocalState is what is kept of it.
type LocalState struct {
	LocalArgs
	Outputs
	Assets  map[string]*resource.Asset `pulumi:"assets,optional"`
	Archive *resource.Archive          `pulumi:"archive,optional"`
}

// Annotate gives the resource its token.
func (c *LocalCommand) Annotate(a infer.Annotator) { a.SetToken("local", "Command") }

// Check refuses unknown values of logging.
func (*LocalCommand) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[LocalArgs], error) {
	return checkedInputs(ctx, req, func(a LocalArgs) []p.CheckFailure { return a.Logging.check() })
}

// Create runs the command create. When it fails there is no resource.
func (*LocalCommand) Create(
	ctx context.Context, req infer.CreateRequest[LocalArgs],
) (r infer.CreateResponse[LocalState], err error) {
	r.Output = LocalState{LocalArgs: req.Inputs}
	if r.ID, err = newID(req.Name); err != nil || req.DryRun {
		return r, err
	}
	return r, runLocally(ctx, "create", req.Inputs.Create, &r.Output)
}

// Update runs the command update, or create where there is none. When it fails the old state stays.
func (*LocalCommand) Update(
	ctx context.Context, req infer.UpdateRequest[LocalArgs, LocalState],
) (r infer.UpdateResponse[LocalState], err error) {
	r.Output = req.State
	r.Output.LocalArgs = req.Inputs
	if req.DryRun {
		return r, nil
	}
	return r, runLocally(ctx, "update", req.Inputs.onUpdate(), &r.Output)
}

// Delete runs the command delete.
func (*LocalCommand) Delete(ctx context.Context, req infer.DeleteRequest[LocalState]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, runLocally(ctx, "delete", req.State.Delete, &req.State)
}
