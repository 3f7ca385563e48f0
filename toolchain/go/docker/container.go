package docker

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/client"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

// cleanUpTimeout bounds the removal of a container that could not be started.
const cleanUpTimeout = 10 * time.Second

func mendContainer(r *schema.Resource) {
	addUploadAttributes(r)
	r.CreateContext = createContainer(r.CreateContext)
	r.ReadContext = readContainer(r.ReadContext)
	r.UpdateContext = updateContainer(r.UpdateContext, r.ReadContext)
	r.DeleteContext = deleteContainer(r.DeleteContext)
}

// createContainer hands the attributes of uploads to the transport, and removes a container that
// was made but never ran (a port in use, an upload that failed). Upstream leaves it to be replaced
// by the next apply; Pulumi would take it for created and never start it.
func createContainer(upstream schema.CreateContextFunc) schema.CreateContextFunc {
	return func(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
		attributes, err := uploadAttributes(d)
		if err != nil {
			return diag.FromErr(err)
		}
		before := wishesOf(d)
		diags := upstream(withUploadAttributes(ctx, attributes), d, meta)
		if d.Id() == "" {
			return diags
		}
		if !diags.HasError() {
			return append(diags, before.restore(ctx, d, meta)...)
		}
		if removeIfNeverStarted(ctx, dockerClient(meta), d.Id()) {
			d.SetId("")
		}
		return diags
	}
}

func removeIfNeverStarted(ctx context.Context, cli *client.Client, id string) bool {
	// The update may have been cancelled, which is no reason to leave the container behind.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpTimeout)
	defer cancel()
	container, err := cli.ContainerInspect(ctx, id)
	if err != nil || container.State == nil || container.State.Status != "created" {
		return false
	}
	return cli.ContainerRemove(ctx, id, types.ContainerRemoveOptions{RemoveVolumes: true, Force: true}) == nil
}

// readContainer never changes anything. Upstream deletes a stopped container with must_run set
// while it reads it; with must_run unset it only looks. A stopped container that should run is then
// reported as drift in the way newer releases do: must_run is false in what was read, and the
// update that follows starts it.
func readContainer(upstream schema.ReadContextFunc) schema.ReadContextFunc {
	return func(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
		before := wishesOf(d)
		if err := d.Set("must_run", false); err != nil {
			return diag.FromErr(err)
		}
		diags := upstream(ctx, d, meta)
		if d.Id() == "" {
			return diags
		}
		if err := d.Set("must_run", before.mustRun); err != nil {
			return append(diags, diag.FromErr(err)...)
		}
		if diags.HasError() {
			return diags
		}
		return append(diags, before.restore(ctx, d, meta)...)
	}
}

// wishes are settings that upstream overwrites with what the engine says about this moment.
type wishes struct {
	mustRun bool
	ports   any
}

func wishesOf(d *schema.ResourceData) wishes {
	return wishes{d.Get("must_run").(bool), d.Get("ports")}
}

// restore keeps what the engine's answer does not contradict. Otherwise a stopped container, which
// publishes nothing for the moment, would be replaced for its ports.
func (w wishes) restore(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
	container, err := dockerClient(meta).ContainerInspect(ctx, d.Id())
	if err != nil {
		return diag.Errorf("cannot inspect container %s: %s", d.Id(), err)
	}
	running := container.State != nil && container.State.Running
	fields := map[string]any{"must_run": w.mustRun && running}
	if !running {
		fields["ports"] = w.ports
	}
	for name, value := range fields {
		if err := d.Set(name, value); err != nil {
			return diag.FromErr(err)
		}
	}
	return nil
}

// updateContainer starts a container that was found stopped, and reads its addresses anew. Where the
// engine refuses a limit, it says how to get there.
func updateContainer(upstream schema.UpdateContextFunc, read schema.ReadContextFunc) schema.UpdateContextFunc {
	return func(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
		diags := explainLimits(upstream(ctx, d, meta), d)
		if diags.HasError() || !d.HasChange("must_run") || !d.Get("must_run").(bool) {
			return diags
		}
		if err := dockerClient(meta).ContainerStart(ctx, d.Id(), types.ContainerStartOptions{}); err != nil {
			return append(diags, diag.Errorf("container %s was found stopped and does not start: %s", d.Id(), err)...)
		}
		return append(diags, read(ctx, d, meta)...)
	}
}

// explainLimits adds the fix to an engine's refusal of a limit. With the first version of cgroups, the
// kernel answers "device or resource busy" to a limit below what the container uses at that moment,
// swap included: https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
func explainLimits(diags diag.Diagnostics, d *schema.ResourceData) diag.Diagnostics {
	for i, one := range diags {
		if one.Severity == diag.Error && strings.Contains(one.Summary, "device or resource busy") {
			diags[i].Summary = fmt.Sprintf("%s. The container %s now uses more memory and swap than memorySwap "+
				"allows (%d MB). Nothing was changed. Fix: restart the container (`docker restart`), which "+
				"empties its swap, or raise its memory limit, and run the update again.",
				one.Summary, d.Get("name"), d.Get("memory_swap"))
		}
	}
	return diags
}

// deleteContainer is content with a container that is gone; upstream fails to stop it.
func deleteContainer(upstream schema.DeleteContextFunc) schema.DeleteContextFunc {
	return func(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
		if _, err := dockerClient(meta).ContainerInspect(ctx, d.Id()); client.IsErrNotFound(err) {
			d.SetId("")
			return nil
		}
		return upstream(ctx, d, meta)
	}
}
