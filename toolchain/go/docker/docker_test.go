package docker

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/api/types/versions"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/terraform"
)

func container(p *schema.Provider) *schema.Resource { return p.ResourcesMap["docker_container"] }

func read(t *testing.T, p *schema.Provider, d *schema.ResourceData) diag.Diagnostics {
	t.Helper()
	return container(p).ReadContext(context.Background(), d, p.Meta())
}

func TestConfiguringContactsNoEngine(t *testing.T) {
	engine, host := startEngine(t)
	configured(t, map[string]any{"host": host})
	configured(t, map[string]any{"host": host, "disable_docker_daemon_check": true, "registry_auth": []any{
		map[string]any{"address": "registry.example", "username": "u", "password": "p"},
	}})
	if n := engine.total(); n != 0 {
		t.Errorf("the engine was asked %d times: %v", n, engine.requests)
	}
}

func TestConfiguringWorksWithoutAnEngine(t *testing.T) {
	configured(t, map[string]any{"host": "unix://" + filepath.Join(t.TempDir(), "nothing.sock")})
	configured(t, map[string]any{"host": "ssh://nobody@host.invalid", "ssh_opts": []any{"-o", "BatchMode=yes"}})
}

func TestRegistryCredentialsAreReadWithoutTheEngine(t *testing.T) {
	p := NewProvider()
	d := schema.TestResourceDataRaw(t, p.Schema, map[string]any{"registry_auth": []any{
		map[string]any{"address": "https://one.example/v2/", "username": "ann", "password": "secret"},
		map[string]any{"address": "two.example", "username": "", "config_file_content": `{"auths":{"two.example":{"auth":"Ym9iOnB3"}}}`},
	}})
	auth, err := registryAuth(d)
	if err != nil {
		t.Fatal(err)
	}
	one, two := auth.Configs["one.example"], auth.Configs["two.example"]
	if one.Username != "ann" || one.Password != "secret" || one.ServerAddress != "https://one.example/v2/" {
		t.Errorf("user name and password: %+v", one)
	}
	if two.Username != "bob" || two.Password != "pw" || two.ServerAddress != "https://two.example" {
		t.Errorf("configuration file: %+v", two)
	}
}

func TestSSHOptionsHaveNoRoomToBeOverwrittenIn(t *testing.T) {
	opts := sshOptions([]any{"-o", "A=b", "-o"})
	if len(opts) != 3 || cap(opts) != 3 {
		t.Errorf("length %d, capacity %d", len(opts), cap(opts))
	}
}

func TestAPingThatFailsIsMadeAgainAndLeavesTheVersionAlone(t *testing.T) {
	engine, host := startEngine(t)
	engine.running, engine.failPings = true, 3
	p := configured(t, map[string]any{"host": host})
	d := containerData(t, p, nil)
	d.SetId(containerID)
	if diags := read(t, p, d); diags.HasError() {
		t.Fatal(diags)
	}
	if len(engine.versions) != 1 || !engine.versions["1.41"] {
		t.Errorf("versions spoken: %v", engine.versions)
	}
}

func TestAnOlderEngineIsSpokenToInItsVersion(t *testing.T) {
	engine, host := startEngine(t)
	engine.running, engine.apiVersion = true, "1.39"
	p := configured(t, map[string]any{"host": host})
	var wg sync.WaitGroup
	for range 8 { // all at once, as the Pulumi engine does: one ping, and nobody ahead of it
		wg.Go(func() {
			d := containerData(t, p, nil)
			d.SetId(containerID)
			if diags := read(t, p, d); diags.HasError() {
				t.Error(diags)
			}
		})
	}
	wg.Wait()
	if len(engine.versions) != 1 || !engine.versions["1.39"] {
		t.Errorf("versions spoken: %v", engine.versions)
	}
	if n := engine.asked("HEAD /_ping"); n != 1 {
		t.Errorf("%d pings", n)
	}
}

func TestANewerEngineThatStillSpeaksOurVersionIsServed(t *testing.T) {
	engine, host := startEngine(t)
	engine.running, engine.apiVersion = true, "1.47"
	p := configured(t, map[string]any{"host": host})
	d := containerData(t, p, nil)
	d.SetId(containerID)
	if diags := read(t, p, d); diags.HasError() {
		t.Fatal(diags)
	}
	if len(engine.versions) != 1 || !engine.versions["1.41"] {
		t.Errorf("versions spoken: %v", engine.versions)
	}
}

func TestAnEngineThatRefusesOurVersionIsNamedWithTheMend(t *testing.T) {
	engine, host := startEngine(t)
	engine.apiVersion = "1.52"
	engine.tooOld = func(v string) bool { return versions.LessThan(v, "1.44") }
	p := configured(t, map[string]any{"host": host})
	d := containerData(t, p, nil)
	d.SetId(containerID)
	text := fmt.Sprint(read(t, p, d))
	for _, want := range []string{host, "1.52", "1.41", "official plugin"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}

func TestAnEngineThatIsNotThereIsAnErrorAndNotAMissingResource(t *testing.T) {
	p := configured(t, map[string]any{"host": "unix://" + filepath.Join(t.TempDir(), "nothing.sock")})
	for name, r := range p.ResourcesMap {
		d := schema.TestResourceDataRaw(t, r.Schema, map[string]any{"name": "x"})
		d.SetId("x")
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		if diags := r.ReadContext(ctx, d, p.Meta()); !diags.HasError() || d.Id() == "" {
			t.Errorf("%s: id %q, %v", name, d.Id(), diags)
		}
		cancel()
	}
}

func TestReadingAStoppedContainerDeletesNothingAndShowsItAsDrift(t *testing.T) {
	engine, host := startEngine(t)
	engine.status = "exited"
	p := configured(t, map[string]any{"host": host})
	d := containerData(t, p, map[string]any{"must_run": true})
	d.SetId(containerID)
	if diags := read(t, p, d); diags.HasError() {
		t.Fatal(diags)
	}
	if engine.gone || d.Id() != containerID {
		t.Fatalf("the container was taken away: %v", engine.requests)
	}
	if d.Get("must_run").(bool) {
		t.Error("must_run is still true, so that nothing would start the container again")
	}
	if code := d.Get("exit_code").(int); code != 3 {
		t.Errorf("exit code %d", code)
	}
}

func TestAStoppedContainerKeepsItsPortsSoThatItIsStartedAndNotReplaced(t *testing.T) {
	engine, host := startEngine(t)
	engine.status = "exited"
	p := configured(t, map[string]any{"host": host})
	d := containerData(t, p, map[string]any{"ports": []any{map[string]any{"internal": 4222, "external": 4222}}})
	d.SetId(containerID)
	if diags := read(t, p, d); diags.HasError() {
		t.Fatal(diags)
	}
	if n := d.Get("ports.#").(int); n != 1 {
		t.Errorf("%d ports", n)
	}
}

func TestSwapIsReadAsTheEngineTellsIt(t *testing.T) {
	engine, host := startEngine(t)
	engine.running, engine.memory = true, 256<<20
	p := configured(t, map[string]any{"host": host})
	for told, want := range map[int64]int{512 << 20: 512, 256 << 20: 256, -1: -1} {
		engine.memorySwap = told
		d := containerData(t, p, map[string]any{"memory": 256, "memory_swap": 256})
		d.SetId(containerID)
		if diags := read(t, p, d); diags.HasError() {
			t.Fatal(diags)
		}
		if got := d.Get("memory_swap").(int); got != want {
			t.Errorf("%d bytes were read as %d", told, got)
		}
	}
}

func TestALimitBelowWhatIsUsedIsRefusedWithItsFix(t *testing.T) {
	_, host := startEngine(t)
	p := configured(t, map[string]any{"host": host})
	d := containerData(t, p, map[string]any{"name": "server", "memory": 256, "memory_swap": 256})
	busy := "Unable to update a container: write memory.memsw.limit_in_bytes: device or resource busy"
	diags := explainLimits(diag.Diagnostics{{Severity: diag.Error, Summary: busy}}, d)
	for _, part := range []string{busy, "server", "256 MB", "Fix: "} {
		if !strings.Contains(diags[0].Summary, part) {
			t.Errorf("%q does not say %q", diags[0].Summary, part)
		}
	}
	other := explainLimits(diag.Diagnostics{{Severity: diag.Error, Summary: "no such container"}}, d)
	if other[0].Summary != "no such container" {
		t.Errorf("another refusal is explained: %q", other[0].Summary)
	}
}

func TestReadingARunningContainerLeavesMustRunAlone(t *testing.T) {
	engine, host := startEngine(t)
	engine.running, engine.status = true, "running"
	p := configured(t, map[string]any{"host": host})
	for _, mustRun := range []bool{true, false} {
		d := containerData(t, p, map[string]any{"must_run": mustRun})
		d.SetId(containerID)
		if diags := read(t, p, d); diags.HasError() {
			t.Fatal(diags)
		}
		if d.Get("must_run").(bool) != mustRun {
			t.Errorf("must_run was %v and is not any more", mustRun)
		}
	}
}

func TestReadingALoaderThatNeverRanLeavesItAlone(t *testing.T) {
	engine, host := startEngine(t)
	p := configured(t, map[string]any{"host": host})
	d := containerData(t, p, map[string]any{"start": false, "must_run": false})
	d.SetId(containerID)
	if diags := read(t, p, d); diags.HasError() || d.Id() == "" || engine.gone {
		t.Errorf("id %q, gone %v, %v", d.Id(), engine.gone, diags)
	}
}

func TestAContainerFoundStoppedIsStartedByTheNextUpdate(t *testing.T) {
	engine, host := startEngine(t)
	engine.status = "exited"
	p := configured(t, map[string]any{"host": host})
	state := &terraform.InstanceState{ID: containerID, Attributes: map[string]string{
		"id": containerID, "name": "x", "image": "image:1", "must_run": "false",
	}}
	diff := &terraform.InstanceDiff{Attributes: map[string]*terraform.ResourceAttrDiff{
		"must_run": {Old: "false", New: "true"},
	}}
	d, err := schema.InternalMap(container(p).Schema).Data(state, diff)
	if err != nil {
		t.Fatal(err)
	}
	if diags := container(p).UpdateContext(context.Background(), d, p.Meta()); diags.HasError() {
		t.Fatal(diags)
	}
	if !engine.running {
		t.Error("it was not started")
	}
}

func TestAContainerThatIsGoneIsDeletedAlready(t *testing.T) {
	engine, host := startEngine(t)
	engine.gone = true
	p := configured(t, map[string]any{"host": host})
	d := containerData(t, p, nil)
	d.SetId(containerID)
	if diags := container(p).DeleteContext(context.Background(), d, p.Meta()); diags.HasError() || d.Id() != "" {
		t.Errorf("id %q, %v", d.Id(), diags)
	}
}

func TestAContainerThatDoesNotStartIsNotLeftBehindAsCreated(t *testing.T) {
	engine, host := startEngine(t)
	engine.startError = "port is already allocated"
	p := configured(t, map[string]any{"host": host})
	d := containerData(t, p, map[string]any{"start": true, "must_run": true})
	diags := container(p).CreateContext(context.Background(), d, p.Meta())
	if !diags.HasError() || !strings.Contains(fmt.Sprint(diags), "port is already allocated") {
		t.Errorf("the engine's words are missing: %v", diags)
	}
	if d.Id() != "" || !engine.gone {
		t.Errorf("id %q, gone %v", d.Id(), engine.gone)
	}
}

func TestUploadsHaveTheirPermissionsAndOwners(t *testing.T) {
	engine, host := startEngine(t)
	p := configured(t, map[string]any{"host": host})
	d := containerData(t, p, map[string]any{"start": false, "must_run": false, "upload": []any{
		map[string]any{"file": "/etc/key.pem", "content": "secret", "permissions": "0600", "owner": "1000", "group": "1001"},
		map[string]any{"file": "/etc/plain", "content": "x"},
		map[string]any{"file": "/bin/tool", "content": "x", "executable": true},
		map[string]any{"file": "/bin/strict", "content": "x", "executable": true, "permissions": "500"},
	}})
	if diags := container(p).CreateContext(context.Background(), d, p.Meta()); diags.HasError() {
		t.Fatal(diags)
	}
	for path, mode := range map[string]int64{"/etc/key.pem": 0o600, "/etc/plain": 0o644, "/bin/tool": 0o744, "/bin/strict": 0o500} {
		if h := engine.files[path]; h == nil || h.Mode != mode {
			t.Errorf("%s: %+v, want mode %o", path, h, mode)
		}
	}
	if h := engine.files["/etc/key.pem"]; h.Uid != 1000 || h.Gid != 1001 || h.Size != 6 {
		t.Errorf("owner %d:%d, size %d", h.Uid, h.Gid, h.Size)
	}
}

func TestPermissionsThatAreNotOctalAreRefused(t *testing.T) {
	for _, bad := range []string{"rw-------", "0o600", "8", "60", "06000", "688"} {
		if diags := validatePermissions(bad, nil); !diags.HasError() || !strings.Contains(diags[0].Summary, bad) {
			t.Errorf("%s: %v", bad, diags)
		}
	}
	for _, good := range []string{"600", "0600", "1777"} {
		if diags := validatePermissions(good, nil); diags.HasError() {
			t.Errorf("%s: %v", good, diags)
		}
	}
}

func TestOnlyTheEnginesNotFoundMeansThatANetworkIsGone(t *testing.T) {
	engine, host := startEngine(t)
	p := configured(t, map[string]any{"host": host})
	r := p.ResourcesMap["docker_network"]
	for status, wantID := range map[int]string{500: "net", 404: ""} {
		engine.networkErr = status
		d := schema.TestResourceDataRaw(t, r.Schema, map[string]any{"name": "net"})
		d.SetId("net")
		diags := r.ReadContext(context.Background(), d, p.Meta())
		if d.Id() != wantID || diags.HasError() != (wantID != "") {
			t.Errorf("status %d: id %q, %v", status, d.Id(), diags)
		}
	}
}

func TestAVolumeThatIsGoneIsReportedAsGone(t *testing.T) {
	engine, host := startEngine(t)
	engine.volumeGone = true
	p := configured(t, map[string]any{"host": host})
	r := p.ResourcesMap["docker_volume"]
	d := schema.TestResourceDataRaw(t, r.Schema, map[string]any{"name": "v"})
	d.SetId("v")
	if diags := r.ReadContext(context.Background(), d, p.Meta()); diags.HasError() || d.Id() != "" {
		t.Errorf("id %q, %v", d.Id(), diags)
	}
}

func TestTheProviderIsValid(t *testing.T) {
	if err := NewProvider().InternalValidate(); err != nil {
		t.Error(err)
	}
}
