package docker

import (
	"context"
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
	r.UpdateContext = updateContainer(r.UpdateContext)
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
		diags := upstream(withUploadAttributes(ctx, attributes), d, meta)
		if diags.HasError() && d.Id() != "" && removeIfNeverStarted(ctx, dockerClient(meta), d.Id()) {
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
		mustRun := d.Get("must_run").(bool)
		if err := d.Set("must_run", false); err != nil {
			return diag.FromErr(err)
		}
		diags := upstream(ctx, d, meta)
		if d.Id() == "" {
			return diags
		}
		if mustRun && !diags.HasError() {
			container, err := dockerClient(meta).ContainerInspect(ctx, d.Id())
			if err != nil {
				diags = append(diags, diag.FromErr(err)...)
			} else {
				mustRun = container.State != nil && container.State.Running
			}
		}
		if err := d.Set("must_run", mustRun); err != nil {
			diags = append(diags, diag.FromErr(err)...)
		}
		return diags
	}
}

// updateContainer starts a container that was found stopped.
func updateContainer(upstream schema.UpdateContextFunc) schema.UpdateContextFunc {
	return func(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
		diags := upstream(ctx, d, meta)
		if diags.HasError() || !d.HasChange("must_run") || !d.Get("must_run").(bool) {
			return diags
		}
		if err := dockerClient(meta).ContainerStart(ctx, d.Id(), types.ContainerStartOptions{}); err != nil {
			return append(diags, diag.Errorf("container %s was found stopped and does not start: %s", d.Id(), err)...)
		}
		return diags
	}
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
