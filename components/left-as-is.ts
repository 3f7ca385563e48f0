import type * as pulumi from "@pulumi/pulumi";

/**
 * Options of a resource, and of all below it, that this update leaves as it is, whatever the configuration says now.
 * https://www.pulumi.com/docs/iac/concepts/resources/options/ignorechanges/
 */
export function leftAsIs(leftOut: boolean): Pick<pulumi.ResourceOptions, "transformations"> {
  if (!leftOut) return {};
  return { transformations: [({ props, opts }) => ({ props, opts: { ...opts, ignoreChanges: ["*"] } })] };
}
