const pulumi = require("@pulumi/pulumi");

/**
 * Gives up on a server sooner than a user should, so that a test of one that never comes up need not wait minutes. Runs
 * inside the Pulumi program.
 * @param {{ seconds: number }} limit
 */
module.exports = function waitLess({ seconds }) {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    if (type !== "nats:server:Node") return undefined;
    return { props, opts: { ...opts, customTimeouts: { create: `${seconds}s`, update: `${seconds}s` } } };
  });
};
