import type * as pulumi from "@pulumi/pulumi";

/**
 * Options of a resource, and of all below it, that this update skips: it leaves them as they are, whatever the configuration says now.
 * https://www.pulumi.com/docs/iac/concepts/resources/options/ignorechanges/
 */
export function leftAsIs(skip: boolean): Pick<pulumi.ResourceOptions, "transformations"> {
  if (!skip) return {};
  return { transformations: [({ props, opts }) => ({ props, opts: { ...opts, ignoreChanges: ["*"] } })] };
}
