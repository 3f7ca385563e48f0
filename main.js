// Pulumi starts here. Node runs TypeScript by itself from 22.18 on, which saves the half second that ts-node takes to
// load its compiler; an older Node gets that help.
if (!process.features.typescript) require("ts-node").register({ transpileOnly: true });
// Pulumi's host maps every stack trace to its source, and the SDK takes one for each promise and resource: another half
// second. Stripped types leave every line where it was, so there is nothing to map.
else Error.prepareStackTrace = undefined;

module.exports = require("./index.ts").program;
