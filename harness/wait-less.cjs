const pulumi = require("@pulumi/pulumi");

/**
 * Gives up on a server sooner than a user should, so that a test of one that never comes up need not wait minutes. Runs
 * inside the Pulumi program.
 * @param {{ type: string, seconds: number }} limit `type` is that of what waits for a server
 */
module.exports = function waitLess({ type: waiting, seconds }) {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    if (type !== waiting) return undefined;
    return { props, opts: { ...opts, customTimeouts: { create: `${seconds}s`, update: `${seconds}s` } } };
  });
};
