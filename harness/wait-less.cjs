const pulumi = require("@pulumi/pulumi");

/**
 * Gives up sooner than a user should, so that a test of a server that never answers need not wait minutes. Runs inside
 * the Pulumi program.
 * @param {{ type: string, seconds: number }} limit `type` is the type of the resources that give up
 */
module.exports = function waitLess({ type: waiting, seconds }) {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    if (type !== waiting) return undefined;
    return { props, opts: { ...opts, customTimeouts: { create: `${seconds}s`, update: `${seconds}s` } } };
  });
};
