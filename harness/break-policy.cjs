const pulumi = require("@pulumi/pulumi");

/**
 * Changes one resource on its way from the program to the engine, as a fault in the program would. Runs inside the
 * Pulumi program.
 * @param {{ name: string, inputs?: object, late?: object, options?: object, network: string }} broken `late` are inputs
 * that are known only when the resource `network` is there, and never in a preview
 */
module.exports = function breakPolicy({ name: broken, inputs, late, options, network }) {
  let resolve;
  const networkId = pulumi.output(
    new Promise((known) => {
      resolve = known;
    }),
  );
  pulumi.runtime.registerStackTransformation(({ name, props, opts, resource }) => {
    if (name === network) setImmediate(() => resolve(resource.id));
    if (name !== broken) return undefined;
    const later = Object.fromEntries(
      Object.entries(late ?? {}).map(([key, value]) => [key, networkId.apply(() => value)]),
    );
    return { props: { ...props, ...inputs, ...later }, opts: { ...opts, ...options } };
  });
};
