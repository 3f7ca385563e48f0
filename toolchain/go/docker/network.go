package docker

import (
	"context"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/client"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

// mendNetwork lets only the engine's "not found" mean that a network is gone. Upstream takes every
// error for it, so that a lost connection drops the network from the state.
func mendNetwork(r *schema.Resource) {
	read, remove := r.ReadContext, r.DeleteContext
	r.ReadContext = func(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
		if found, diags := networkFound(ctx, d, meta); !found {
			return diags
		}
		return read(ctx, d, meta)
	}
	r.DeleteContext = func(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
		if found, diags := networkFound(ctx, d, meta); !found {
			return diags
		}
		return remove(ctx, d, meta)
	}
}

func networkFound(ctx context.Context, d *schema.ResourceData, meta any) (bool, diag.Diagnostics) {
	_, err := dockerClient(meta).NetworkInspect(ctx, d.Id(), types.NetworkInspectOptions{})
	if client.IsErrNotFound(err) {
		d.SetId("")
		return false, nil
	}
	if err != nil {
		return false, diag.Errorf("cannot inspect network %s: %s", d.Id(), err)
	}
	return true, nil
}
