package main

import (
	"context"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// RemoteCommand is command:remote:Command: a command on another host, over SSH.
type RemoteCommand struct{}

// RemoteArgs are its inputs.
type RemoteArgs struct {
	LifecycleArgs
	ProcessArgs
	Connection Connection `pulumi:"connection" provider:"secret"`
}

// RemoteState is what is kept of it.
type RemoteState struct {
	RemoteArgs
	Outputs
}

// Annotate gives the resource its token.
func (c *RemoteCommand) Annotate(a infer.Annotator) { a.SetToken("remote", "Command") }

// Check refuses values that can be seen to be wrong without the host.
func (*RemoteCommand) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[RemoteArgs], error) {
	return checkedInputs(ctx, req, func(a RemoteArgs) []p.CheckFailure {
		return append(a.Logging.check(), a.Connection.check()...)
	})
}

// Create runs the command create. When it fails there is no resource.
func (*RemoteCommand) Create(
	ctx context.Context, req infer.CreateRequest[RemoteArgs],
) (r infer.CreateResponse[RemoteState], err error) {
	r.Output = RemoteState{RemoteArgs: req.Inputs}
	if r.ID, err = newID(req.Name); err != nil || req.DryRun {
		return r, err
	}
	return r, runRemotely(ctx, "create", req.Inputs.Create, &r.Output)
}

// Update runs the command update, or create where there is none. When it fails the old state stays.
func (*RemoteCommand) Update(
	ctx context.Context, req infer.UpdateRequest[RemoteArgs, RemoteState],
) (r infer.UpdateResponse[RemoteState], err error) {
	r.Output = req.State
	r.Output.RemoteArgs = req.Inputs
	if req.DryRun {
		return r, nil
	}
	return r, runRemotely(ctx, "update", req.Inputs.onUpdate(), &r.Output)
}

// Delete runs the command delete.
func (*RemoteCommand) Delete(ctx context.Context, req infer.DeleteRequest[RemoteState]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, runRemotely(ctx, "delete", req.State.Delete, &req.State)
}
