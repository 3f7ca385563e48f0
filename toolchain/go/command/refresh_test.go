package main

import (
	"context"
	"path/filepath"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// refreshed reads state in the way of the engine, which leaves the contents of assets out.
func refreshed(t *testing.T, token string, state property.Map) property.Map {
	t.Helper()
	options := plugin.MarshalOptions{KeepSecrets: true, ElideAssetContents: true}
	sent, err := plugin.MarshalProperties(resource.ToResourcePropertyValue(property.New(state)).ObjectValue(), options)
	if err != nil {
		t.Fatal(err)
	}
	received, err := plugin.UnmarshalProperties(sent, options)
	if err != nil {
		t.Fatal(err)
	}
	elided := resource.FromResourcePropertyValue(resource.NewProperty(received)).AsMap()
	response, err := started(t).Read(context.Background(), p.ReadRequest{Urn: urn(token), ID: "id", Properties: elided})
	if err != nil {
		t.Fatal(err)
	}
	return response.Properties
}

func TestARefreshKeepsTheFilesOfALocalCommand(t *testing.T) {
	dir := t.TempDir()
	state := mustCreate(t, localToken, values{
		"create": text("echo 1 >f.txt"), "dir": text(dir), "assetPaths": list("*.txt"), "archivePaths": list("**"),
	})
	got := overTheWire(t, refreshed(t, localToken, state))
	asset := got.Get("assets").AsMap().Get("f.txt").AsAsset()
	if want := filepath.Join(dir, "f.txt"); asset.Path != want || asset.Hash == "" {
		t.Errorf("asset %+v, want path %s", asset, want)
	}
	archive, before := got.Get("archive").AsArchive(), state.Get("archive").AsArchive()
	if archive.Assets["f.txt"] == nil || archive.Hash != before.Hash {
		t.Errorf("archive %+v, before %+v", archive, before)
	}
}
