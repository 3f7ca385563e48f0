import { ClusterClient } from "../../client/cluster-client.ts";
import type { SshHost } from "../../model/ssh.ts";

/** A process with a connection through a tunnel: says so, and ends by itself when it is told to. */
const [url = "", host = ""] = process.argv.slice(2);
const via = { "127.0.0.1": JSON.parse(host) as SshHost };
const cluster = new ClusterClient({ servers: [url], systemSeed: undefined, clientTls: "off", via });
await cluster.application(Date.now() + 20_000);
process.stdout.write("connected\n");
process.stdin.once("data", () => process.exit(0));
