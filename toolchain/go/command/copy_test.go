package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

func fileAsset(t *testing.T, path string) property.Value {
	t.Helper()
	a, err := resource.NewPathAsset(path)
	if err != nil {
		t.Fatal(err)
	}
	return property.New(a)
}

func textAsset(t *testing.T, content string) property.Value {
	t.Helper()
	a, err := resource.NewTextAsset(content)
	if err != nil {
		t.Fatal(err)
	}
	return property.New(a)
}

func fileArchive(t *testing.T, path string) property.Value {
	t.Helper()
	a, err := resource.NewPathArchive(path)
	if err != nil {
		t.Fatal(err)
	}
	return property.New(a)
}

func writeFile(t *testing.T, content string, path ...string) string {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func wantFile(t *testing.T, want string, path ...string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(path...))
	if err != nil || string(got) != want {
		t.Errorf("%s: %q, %v", filepath.Join(path...), got, err)
	}
}

func copyInputs(server *sshServer, source property.Value, to ...string) values {
	return values{"connection": connectionTo(server, nil), "source": source, "remotePath": text(filepath.Join(to...))}
}

func TestAFileIsCopiedToAPathIntoAFolderAndOverAFile(t *testing.T) {
	server, from, to := startServer(t), t.TempDir(), t.TempDir()
	source := fileAsset(t, writeFile(t, "content", from, "f.txt"))
	mustCreate(t, copyToken, copyInputs(server, source, to, "new", "folder", "g.txt"))
	wantFile(t, "content", to, "new", "folder", "g.txt")
	mustCreate(t, copyToken, copyInputs(server, source, to))
	wantFile(t, "content", to, "f.txt")
	old := writeFile(t, "a longer content than the new one", to, "old.txt")
	mustCreate(t, copyToken, copyInputs(server, source, old))
	wantFile(t, "content", old)
}

func TestATextIsCopiedToAFileButNotIntoAFolder(t *testing.T) {
	server, to := startServer(t), t.TempDir()
	mustCreate(t, copyToken, copyInputs(server, textAsset(t, "hello"), to, "t.txt"))
	wantFile(t, "hello", to, "t.txt")
	_, err := create(t, copyToken, copyInputs(server, textAsset(t, "hello"), to))
	wantError(t, err, to, "is a folder")
	wantNowhere(t, err, "hello")
}

func TestAFolderIsCopiedUnderItsNameAndWithASlashWithoutIt(t *testing.T) {
	server, from, to := startServer(t), filepath.Join(t.TempDir(), "src"), t.TempDir()
	writeFile(t, "1", from, "a.txt")
	writeFile(t, "2", from, "deep", "er", "b.txt")
	if err := os.MkdirAll(filepath.Join(from, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	mustCreate(t, copyToken, copyInputs(server, fileArchive(t, from), to))
	wantFile(t, "1", to, "src", "a.txt")
	wantFile(t, "2", to, "src", "deep", "er", "b.txt")
	mustCreate(t, copyToken, copyInputs(server, fileArchive(t, from+"/"), to, "other"))
	wantFile(t, "1", to, "other", "a.txt")
	if info, err := os.Stat(filepath.Join(to, "other", "empty")); err != nil || !info.IsDir() {
		t.Errorf("the empty folder: %v", err)
	}
}

func TestAFolderOverAFileIsRefused(t *testing.T) {
	server, from, to := startServer(t), t.TempDir(), t.TempDir()
	writeFile(t, "1", from, "a.txt")
	target := writeFile(t, "old", to, "x")
	_, err := create(t, copyToken, copyInputs(server, fileArchive(t, from), target))
	wantError(t, err, target)
	wantFile(t, "old", target)
}

func TestAnUpdateCopiesAgainOnlyForAnotherSourcePathOrHost(t *testing.T) {
	server, to := startServer(t), t.TempDir()
	inputs := copyInputs(server, textAsset(t, "one"), to, "t")
	state := mustCreate(t, copyToken, inputs)
	dials := server.count()

	inputs["connection"] = connectionTo(server, values{"privateKey": text(newKey(t).file(t, ""))})
	state, err := update(t, copyToken, state, inputs)
	if err != nil || server.count() != dials {
		t.Fatalf("another key: %d dials more, %v", server.count()-dials, err)
	}
	inputs["source"] = textAsset(t, "two")
	if state, err = update(t, copyToken, state, inputs); err != nil {
		t.Fatal(err)
	}
	wantFile(t, "two", to, "t")

	other := startServer(t)
	inputs["connection"] = connectionTo(other, nil)
	if _, err = update(t, copyToken, state, inputs); err != nil || other.count() != 1 {
		t.Errorf("another host: %d dials, %v", other.count(), err)
	}
}

func TestASourceThatIsNotKnownYetPassesThePreview(t *testing.T) {
	inputs := values{
		"connection": object(values{"host": property.New(property.Computed)}).WithSecret(true),
		"source":     property.New(property.Computed), "remotePath": text("/x"),
	}
	if failures := check(t, copyToken, inputs); len(failures) != 0 {
		t.Fatalf("%+v", failures)
	}
	_, err := started(t).Create(context.Background(), p.CreateRequest{
		Urn: urn(copyToken), DryRun: true, Properties: property.NewMap(inputs),
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSourcesThatCannotBeCopiedAreRefused(t *testing.T) {
	uri := property.New(&resource.Asset{Sig: resource.AssetSig, URI: "file:///etc/hosts", Hash: "x"})
	archive, err := resource.NewAssetArchive(map[string]any{})
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []property.Value{uri, property.New(archive)} {
		failures := check(t, copyToken, values{
			"connection": object(values{"host": text("h")}), "source": source, "remotePath": text("/x"),
		})
		if len(failures) != 1 || failures[0].Property != "source" {
			t.Errorf("%#v: %+v", source, failures)
		}
	}
}
