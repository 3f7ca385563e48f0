package docker

import (
	"context"

	"github.com/docker/docker/client"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

// mendVolume reports a volume that was removed by hand as gone; upstream fails the refresh.
func mendVolume(r *schema.Resource) {
	read := r.ReadContext
	r.ReadContext = func(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
		if _, err := dockerClient(meta).VolumeInspect(ctx, d.Id()); client.IsErrNotFound(err) {
			d.SetId("")
			return nil
		}
		return read(ctx, d, meta)
	}
}
