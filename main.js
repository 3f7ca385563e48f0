// Pulumi starts here. Node runs TypeScript by itself from 22.18 on, which saves the half second that ts-node takes to
// load its compiler; an older Node gets that help.
if (!process.features.typescript) require("ts-node").register({ transpileOnly: true });

module.exports = require("./index.ts");
