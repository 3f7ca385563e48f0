package main

import (
	"context"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// CopyToRemote is command:remote:CopyToRemote: a file or folder copied to another host by SFTP.
// Nothing is removed there when the resource is.
type CopyToRemote struct{}

// CopyArgs are its inputs.
type CopyArgs struct {
	Connection Connection `pulumi:"connection" provider:"secret"`
	// Source is a file, a text, or a folder or archive that is copied as it is.
	Source types.AssetOrArchive `pulumi:"source"`
	// RemotePath is where it goes; see copySource.
	RemotePath string `pulumi:"remotePath"`
	Triggers   []any  `pulumi:"triggers,optional" provider:"replaceOnChanges"`
}

// CopyState is what is kept of it.
type CopyState struct{ CopyArgs }

// Annotate gives the resource its token.
func (c *CopyToRemote) Annotate(a infer.Annotator) { a.SetToken("remote", "CopyToRemote") }

// Check refuses sources that cannot be copied, once they are known.
func (*CopyToRemote) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[CopyArgs], error) {
	return checkedInputs(ctx, req, func(a CopyArgs) []p.CheckFailure {
		failures := a.Connection.check()
		if !known(req.NewInputs.Get("source")) {
			return failures
		}
		if why := refuse(a.Source); why != "" {
			failures = append(failures, p.CheckFailure{Property: "source", Reason: why})
		}
		return failures
	})
}

func known(v property.Value) bool { return !v.IsComputed() }

func refuse(source types.AssetOrArchive) string {
	switch {
	case source.Asset != nil && (source.Asset.IsPath() || source.Asset.IsText()):
		return ""
	case source.Archive != nil && source.Archive.IsPath():
		return ""
	}
	return "expected a FileAsset, a StringAsset or a FileArchive: only files of this machine and texts can be copied"
}

// Create copies. When that fails there is no resource, though part of a folder may be there.
func (*CopyToRemote) Create(
	ctx context.Context, req infer.CreateRequest[CopyArgs],
) (r infer.CreateResponse[CopyState], err error) {
	r.Output = CopyState{req.Inputs}
	if r.ID, err = newID(req.Name); err != nil || req.DryRun {
		return r, err
	}
	return r, copySource(ctx, req.Inputs)
}

// Update copies again if the source, the path or the host is another. A new key to log in with is
// no reason to.
func (*CopyToRemote) Update(
	ctx context.Context, req infer.UpdateRequest[CopyArgs, CopyState],
) (r infer.UpdateResponse[CopyState], err error) {
	r.Output = CopyState{req.Inputs}
	if req.DryRun || !needsCopy(req.State.CopyArgs, req.Inputs) {
		return r, nil
	}
	return r, copySource(ctx, req.Inputs)
}

func needsCopy(old, new CopyArgs) bool {
	return contentHash(old.Source) != contentHash(new.Source) ||
		old.RemotePath != new.RemotePath ||
		old.Connection.address() != new.Connection.address()
}

func contentHash(source types.AssetOrArchive) string {
	if source.Asset != nil {
		return source.Asset.Hash
	}
	if source.Archive != nil {
		return source.Archive.Hash
	}
	return ""
}
