package docker

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os/user"
	"regexp"
	"strconv"
	"strings"

	"github.com/docker/docker/client"
	"github.com/hashicorp/go-cty/cty"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

// Upstream writes every upload as 0644 of root. @pulumi/docker 5.2.0 knows permissions, owner and
// group. They reach the file on the way to the engine: createContainer puts them into the context,
// and uploadTransport writes them into the tar header. So a private key is at no time readable to
// others.

// fileAttributes are those of one upload; a nil pointer leaves what upstream chose.
type fileAttributes struct {
	mode     *int64
	uid, gid *int
}

type attributesKey struct{}

func withUploadAttributes(ctx context.Context, byPath map[string]fileAttributes) context.Context {
	return context.WithValue(ctx, attributesKey{}, byPath)
}

// addUploadAttributes adds the fields to the schema of docker_container. Like all fields of an
// upload they replace the container when they change.
func addUploadAttributes(container *schema.Resource) {
	fields := container.Schema["upload"].Elem.(*schema.Resource).Schema
	text := func(description string, validate schema.SchemaValidateDiagFunc) *schema.Schema {
		return &schema.Schema{
			Type: schema.TypeString, Optional: true, ForceNew: true,
			Description: description, ValidateDiagFunc: validate,
		}
	}
	fields["permissions"] = text("The permission mode for the file in the container, in octal, such as `0600`. "+
		"Has precedence over `executable`.", validatePermissions)
	fields["owner"] = text("The owner of the file: a numeric id, or a name of this machine's user database.", nil)
	fields["group"] = text("The group of the file: a numeric id, or a name of this machine's group database.", nil)
}

var octalMode = regexp.MustCompile(`^[0-7]{3,4}$`)

func validatePermissions(value any, path cty.Path) diag.Diagnostics {
	if s, ok := value.(string); ok && !octalMode.MatchString(s) {
		return diag.Diagnostics{{
			Severity: diag.Error, AttributePath: path,
			Summary: fmt.Sprintf("permissions %q is not an octal file mode; expected three or four digits such as \"0600\"", s),
		}}
	}
	return nil
}

// uploadAttributes collects the attributes of a container's uploads by path.
func uploadAttributes(d *schema.ResourceData) (map[string]fileAttributes, error) {
	byPath := map[string]fileAttributes{}
	for _, raw := range d.Get("upload").(*schema.Set).List() {
		upload := raw.(map[string]any)
		path := upload["file"].(string)
		a, err := parseAttributes(upload["permissions"].(string), upload["owner"].(string), upload["group"].(string))
		if err != nil {
			return nil, fmt.Errorf("upload %s: %w", path, err)
		}
		if a != (fileAttributes{}) {
			byPath[path] = a
		}
	}
	return byPath, nil
}

func parseAttributes(permissions, owner, group string) (a fileAttributes, err error) {
	if permissions != "" {
		mode, err := strconv.ParseInt(permissions, 8, 64)
		if err != nil {
			return a, fmt.Errorf("permissions %q is not an octal file mode such as \"0600\"", permissions)
		}
		a.mode = &mode
	}
	if owner != "" {
		if a.uid, err = numericID(owner, func() (string, error) {
			u, err := user.Lookup(owner)
			if err != nil {
				return "", err
			}
			return u.Uid, nil
		}); err != nil {
			return a, fmt.Errorf("owner: %w", err)
		}
	}
	if group != "" {
		if a.gid, err = numericID(group, func() (string, error) {
			g, err := user.LookupGroup(group)
			if err != nil {
				return "", err
			}
			return g.Gid, nil
		}); err != nil {
			return a, fmt.Errorf("group: %w", err)
		}
	}
	return a, nil
}

func numericID(name string, lookUp func() (string, error)) (*int, error) {
	if id, err := strconv.Atoi(name); err == nil {
		return &id, nil
	}
	text, err := lookUp()
	if err != nil {
		return nil, err
	}
	id, err := strconv.Atoi(text)
	return &id, err
}

// setUploadAttributes puts the transport below between cli and its engine.
func setUploadAttributes(cli *client.Client) error {
	http := cli.HTTPClient()
	http.Transport = uploadTransport{http.Transport}
	return client.WithHTTPClient(http)(cli)
}

type uploadTransport struct{ http.RoundTripper }

// RoundTrip rewrites the archive of PUT /containers/{id}/archive
// (https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/PutContainerArchive)
// where the context holds attributes for a file in it.
func (t uploadTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	byPath, _ := req.Context().Value(attributesKey{}).(map[string]fileAttributes)
	if len(byPath) == 0 || req.Method != http.MethodPut || !strings.HasSuffix(req.URL.Path, "/archive") {
		return t.RoundTripper.RoundTrip(req)
	}
	var archive bytes.Buffer
	err := rewriteArchive(&archive, req.Body, byPath)
	req.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("cannot set the attributes of an upload: %w", err)
	}
	rewritten := req.Clone(req.Context())
	rewritten.ContentLength = int64(archive.Len())
	rewritten.Body = io.NopCloser(&archive)
	rewritten.GetBody = nil
	return t.RoundTripper.RoundTrip(rewritten)
}

func rewriteArchive(to io.Writer, from io.Reader, byPath map[string]fileAttributes) error {
	in, out := tar.NewReader(from), tar.NewWriter(to)
	for {
		header, err := in.Next()
		if err == io.EOF {
			return out.Close()
		}
		if err != nil {
			return err
		}
		a := byPath[header.Name]
		if a.mode != nil {
			header.Mode = *a.mode
		}
		if a.uid != nil {
			header.Uid = *a.uid
		}
		if a.gid != nil {
			header.Gid = *a.gid
		}
		if err := out.WriteHeader(header); err != nil {
			return err
		}
		if _, err := io.Copy(out, in); err != nil {
			return err
		}
	}
}
