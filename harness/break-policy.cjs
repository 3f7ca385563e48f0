const pulumi = require("@pulumi/pulumi");

/**
 * Changes one resource on its way from the program to the engine, as a fault in the program would. Runs inside the
 * Pulumi program.
 * @param {{ name: string, inputs?: object, late?: object, options?: object }} broken `late` are inputs that are known
 * only when the stack's network is there, and never in a preview
 */
module.exports = function breakPolicy({ name: broken, inputs, late, options }) {
  let resolve;
  const networkId = pulumi.output(
    new Promise((known) => {
      resolve = known;
    }),
  );
  pulumi.runtime.registerStackTransformation(({ name, props, opts, resource }) => {
    if (name === "local-mesh") setImmediate(() => resolve(resource.id));
    if (name !== broken) return undefined;
    const later = Object.fromEntries(
      Object.entries(late ?? {}).map(([key, value]) => [key, networkId.apply(() => value)]),
    );
    return { props: { ...props, ...inputs, ...later }, opts: { ...opts, ...options } };
  });
};
