import { readFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { serve } from "./grpc/serve.ts";
import { resources } from "./registry.ts";

/**
 * The provider plugin "nats". The engine starts it with its own address and reads the port from the first line:
 * https://pulumi-developer-docs.readthedocs.io/latest/docs/architecture/plugins.html
 */
const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-"));
if (engineAddress === undefined) {
  process.stderr.write("this is a Pulumi plugin: `pulumi` starts it, with the address of its engine\n");
  process.exit(2);
}

const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
const { version } = JSON.parse(manifest) as { version: string };
serve(resources, engineAddress, version, (port) => {
  process.stdout.write(`${port}\n`);
  // The engine kills its plugins, so the cache that Node writes when it ends would never be written.
  setTimeout(flushCompileCache, 100).unref();
});

// An engine that is killed leaves its plugins behind, and this one would go on holding connections to the servers.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine) process.exit(1);
}, 1_000).unref();
