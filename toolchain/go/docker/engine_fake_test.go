package docker

import (
	"archive/tar"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/terraform"
)

// fakeEngine answers the parts of the Docker Engine API that the tests need, on a unix socket, and
// writes down what it was asked.
type fakeEngine struct {
	mu         sync.Mutex
	requests   []string               // "METHOD /path" without the version
	versions   map[string]bool        // API versions used
	apiVersion string                 // what a ping answers; "" refuses pings
	tooOld     func(v string) bool    // versions that are refused
	failPings  int                    // so many pings are cut off
	running    bool                   // the state of the one container
	status     string                 // its status
	gone       bool                   // it does not exist
	startError string                 // why it does not start
	files      map[string]*tar.Header // what was uploaded
	networkErr int                    // status of GET /networks/{id}
	volumeGone bool
	memory     int64 // the limit of the container
	memorySwap int64
}

const (
	containerID = "c0ffee"
	imageID     = "sha256:0123456789abcdef"
)

var versioned = regexp.MustCompile(`^/v(1\.\d+)(/.*)$`)

func startEngine(t *testing.T) (*fakeEngine, string) {
	t.Helper()
	e := &fakeEngine{apiVersion: "1.41", versions: map[string]bool{}, files: map[string]*tar.Header{}, status: "created"}
	socket := filepath.Join(t.TempDir(), "docker.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: e}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return e, "unix://" + socket
}

func (e *fakeEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	path := r.URL.Path
	if m := versioned.FindStringSubmatch(path); m != nil {
		e.versions[m[1]] = true
		path = m[2]
		if e.tooOld != nil && e.tooOld(m[1]) {
			e.answer(w, 400, map[string]string{"message": "client version " + m[1] + " is too old"})
			return
		}
	}
	e.requests = append(e.requests, r.Method+" "+path)
	switch {
	case path == "/_ping":
		e.ping(w)
	case path == "/version":
		e.answer(w, 200, map[string]string{"ApiVersion": e.apiVersion})
	case strings.HasPrefix(path, "/networks/"):
		e.answer(w, e.networkErr, map[string]string{"message": "network trouble"})
	case strings.HasPrefix(path, "/volumes/") && e.volumeGone:
		e.answer(w, 404, map[string]string{"message": "no such volume"})
	default:
		e.container(w, r, path)
	}
}

func (e *fakeEngine) ping(w http.ResponseWriter) {
	if e.failPings > 0 {
		e.failPings--
		conn, _, _ := w.(http.Hijacker).Hijack()
		conn.Close()
		return
	}
	w.Header().Set("API-Version", e.apiVersion)
	io.WriteString(w, "OK")
}

func (e *fakeEngine) container(w http.ResponseWriter, r *http.Request, path string) {
	image := map[string]any{"Id": imageID, "RepoTags": []string{"image:1"}}
	switch {
	case path == "/images/json":
		e.answer(w, 200, []any{image})
	case strings.HasPrefix(path, "/images/"):
		e.answer(w, 200, image)
	case path == "/containers/json":
		if e.gone {
			e.answer(w, 200, []any{})
			return
		}
		e.answer(w, 200, []any{map[string]any{"Id": containerID}})
	case path == "/containers/create":
		e.answer(w, 201, map[string]any{"Id": containerID})
	case strings.HasSuffix(path, "/archive"):
		e.upload(r.Body)
		w.WriteHeader(200)
	case strings.HasSuffix(path, "/start"):
		if e.startError != "" {
			e.answer(w, 500, map[string]string{"message": e.startError})
			return
		}
		e.running, e.status = true, "running"
		w.WriteHeader(204)
	case r.Method == http.MethodDelete:
		e.gone = true
		w.WriteHeader(204)
	case e.gone:
		e.answer(w, 404, map[string]string{"message": "No such container: " + containerID})
	default:
		e.answer(w, 200, e.inspection())
	}
}

func (e *fakeEngine) inspection() map[string]any {
	return map[string]any{
		"Id": containerID, "Name": "/x", "Image": imageID,
		"State":  map[string]any{"Running": e.running, "Status": e.status, "ExitCode": 3, "FinishedAt": "2020-01-01T00:00:00Z"},
		"Config": map[string]any{"Image": "image:1"},
		"HostConfig": map[string]any{"RestartPolicy": map[string]any{"Name": "no"}, "LogConfig": map[string]any{},
			"Memory": e.memory, "MemorySwap": e.memorySwap},
	}
}

func (e *fakeEngine) upload(body io.Reader) {
	for in := tar.NewReader(body); ; {
		header, err := in.Next()
		if err != nil {
			return
		}
		e.files[header.Name] = header
	}
}

func (e *fakeEngine) answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

func (e *fakeEngine) asked(request string) (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range e.requests {
		if r == request {
			n++
		}
	}
	return n
}

func (e *fakeEngine) total() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.requests)
}

// configured returns a provider that manages the engine at host.
func configured(t *testing.T, config map[string]any) *schema.Provider {
	t.Helper()
	p := NewProvider()
	if diags := p.Configure(context.Background(), terraform.NewResourceConfigRaw(config)); diags.HasError() {
		t.Fatal(diags)
	}
	return p
}

func containerData(t *testing.T, p *schema.Provider, fields map[string]any) *schema.ResourceData {
	t.Helper()
	raw := map[string]any{"name": "x", "image": "image:1"}
	for k, v := range fields {
		raw[k] = v
	}
	d := schema.TestResourceDataRaw(t, p.ResourcesMap["docker_container"].Schema, raw)
	return d
}
