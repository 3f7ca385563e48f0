import type * as pulumi from "@pulumi/pulumi";

/**
 * Options of a resource that this update skips. The update leaves the resource and all its children as they are, also if
 * the configuration has changed.
 * https://www.pulumi.com/docs/iac/concepts/resources/options/ignorechanges/
 */
export function leftAsIs(skip: boolean): Pick<pulumi.ResourceOptions, "transformations"> {
  if (!skip) return {};
  return { transformations: [({ props, opts }) => ({ props, opts: { ...opts, ignoreChanges: ["*"] } })] };
}
