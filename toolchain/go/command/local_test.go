package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

func TestACreatedCommandKeepsItsOutputs(t *testing.T) {
	state := mustCreate(t, localToken, values{"create": text("echo out; echo err >&2")})
	wantText(t, state, "stdout", "out")
	wantText(t, state, "stderr", "err")
}

func TestWithoutACommandNothingRuns(t *testing.T) {
	state := mustCreate(t, localToken, values{"delete": text("exit 1")})
	wantText(t, state, "stdout", "")
}

func TestAPreviewRunsNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ran")
	_, err := started(t).Create(context.Background(), p.CreateRequest{
		Urn: urn(localToken), DryRun: true, Properties: property.NewMap(values{"create": text("touch " + file)}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("it ran")
	}
}

func TestStdinEnvironmentFolderAndInterpreterReachTheCommand(t *testing.T) {
	dir := t.TempDir()
	state := mustCreate(t, localToken, values{
		"create": text("X=1 $WHO\n"), "dir": text(dir), "stdin": text("in"),
		"interpreter": list("/bin/sh", "-c", `cat; echo " $WHO $(pwd) $0"`),
		"environment": object(values{"WHO": text("ann")}),
	})
	wantText(t, state, "stdout", "in ann "+dir+" X=1 $WHO\n")
}

func TestAnUpdateRunsUpdateAndSeesTheLastOutput(t *testing.T) {
	inputs := values{"create": text("echo one; echo e >&2"), "update": text("echo $PULUMI_COMMAND_STDOUT-$PULUMI_COMMAND_STDERR")}
	state := mustCreate(t, localToken, inputs)
	state, err := update(t, localToken, state, inputs)
	if err != nil {
		t.Fatal(err)
	}
	wantText(t, state, "stdout", "one-e")
}

func TestAnUpdateWithoutUpdateRunsCreateAgain(t *testing.T) {
	state := mustCreate(t, localToken, values{"create": text("echo one")})
	state, err := update(t, localToken, state, values{"create": text("echo two")})
	if err != nil {
		t.Fatal(err)
	}
	wantText(t, state, "stdout", "two")
}

func TestTheLastOutputStaysAwayIfItIsNotWanted(t *testing.T) {
	inputs := values{
		"create": text("echo one"), "update": text("echo [$PULUMI_COMMAND_STDOUT]"),
		"addPreviousOutputInEnv": property.New(false),
	}
	state, err := update(t, localToken, mustCreate(t, localToken, inputs), inputs)
	if err != nil {
		t.Fatal(err)
	}
	wantText(t, state, "stdout", "[]")
}

func TestADeleteRunsAndSeesTheLastOutput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "gone")
	state := mustCreate(t, localToken, values{"create": text("echo one"), "delete": text("echo $PULUMI_COMMAND_STDOUT >" + file)})
	if err := remove(t, localToken, state); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(file); string(got) != "one\n" {
		t.Errorf("%q", got)
	}
}

func TestAFailureShowsStatusAndOutputButNeitherCommandNorSecrets(t *testing.T) {
	_, err := create(t, localToken, values{
		"create":      text("echo useful; cat >&2; echo $TOKEN >&2; exit 3 # a long command"),
		"stdin":       text("PrivateKey = 0123456789abcdef0123\nAddress = 10.0.1.1\n"),
		"environment": object(values{"TOKEN": secret("s3cr3t"), "PLAIN": text("plain")}),
	})
	wantError(t, err, "create on this machine", "exit status 3", "useful", masked)
	wantNowhere(t, err, "a long command", "PrivateKey", "0123456789abcdef0123", "s3cr3t", "plain")
}

func TestAFailureShowsOnlyWhatLoggingAllows(t *testing.T) {
	for logging, want := range map[string][2]bool{
		"stdout": {true, false}, "stderr": {false, true}, "stdoutAndStderr": {true, true}, "none": {false, false},
	} {
		_, err := create(t, localToken, values{"create": text("echo out-put; echo err-put >&2; exit 1"), "logging": text(logging)})
		wantError(t, err, "exit status 1")
		for i, word := range []string{"out-put", "err-put"} {
			if want[i] {
				wantError(t, err, word)
			} else {
				wantNowhere(t, err, word)
			}
		}
	}
}

func TestAnUnknownKindOfLoggingIsRefused(t *testing.T) {
	failures := check(t, localToken, values{"create": text("true"), "logging": text("all")})
	if len(failures) != 1 || failures[0].Property != "logging" {
		t.Errorf("%+v", failures)
	}
}

func TestAssetsAndArchiveHoldTheFilesThatTheGlobsChoose(t *testing.T) {
	dir := t.TempDir()
	state := mustCreate(t, localToken, values{
		"create": text("mkdir -p a/b; echo 1 >a/x.js; echo 2 >a/b/y.js; echo 3 >a/secret.js; echo 4 >top.js"),
		"dir":    text(dir), "assetPaths": list("a/**", "!**secret*"), "archivePaths": list("*.js"),
	})
	var paths []string
	for path := range state.Get("assets").AsMap().AllStable {
		paths = append(paths, path)
	}
	if want := []string{"a/b/y.js", "a/x.js"}; !slices.Equal(paths, want) {
		t.Errorf("assets %v, want %v", paths, want)
	}
	members := state.Get("archive").AsArchive().Assets
	if len(members) != 1 || members["top.js"] == nil {
		t.Errorf("archive %v", members)
	}
}

func TestACancelledCommandEndsWithItsChildren(t *testing.T) {
	dir := t.TempDir()
	ready, ended := filepath.Join(dir, "ready"), filepath.Join(dir, "ended")
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for _, err := os.Stat(ready); err != nil; _, err = os.Stat(ready) {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	// The child holds stdout open, so that only its end lets the command be waited for.
	script := `sh -c 'trap "touch ` + ended + `; exit" TERM; touch ` + ready + `; while :; do sleep 0.05; done' & wait`
	start := time.Now()
	_, err := started(t).Create(ctx, p.CreateRequest{Urn: urn(localToken), Properties: property.NewMap(values{"create": text(script)})})
	wantError(t, err, "context canceled")
	if took := time.Since(start); took > killAfter/2 {
		t.Errorf("it took %s", took)
	}
	if _, err := os.Stat(ended); err != nil {
		t.Error("the child was not asked to end")
	}
}
