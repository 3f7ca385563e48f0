import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hostAndPort } from "../client/address.ts";
import { Relay } from "../client/relay.ts";
import { openShared } from "../client/ssh.ts";
import { viaOf } from "../plan/endpoints.ts";
import { createReport } from "../toolchain/report.ts";
import { prepare } from "../toolchain/setup.ts";
import { runAttached } from "./cli/attached.ts";
import { Failure, runReporting } from "./cli/command.ts";
import { contextsHome } from "./contexts/home.ts";
import { contextNamed, ownerOf } from "./contexts/named.ts";
import { readTopology } from "./stack/plan.ts";
import { projectFolder } from "./stack/stack.ts";

/**
 * `npm run nats -- ARGUMENTS`: the nats CLI of the set-up. While it runs, a tunnel to a server behind a host is open.
 */
await runReporting(async () => {
  const argv = process.argv.slice(2);
  const tools = await prepare({ report: createReport(), natsCli: true });
  const relay = await openWay(argv);
  try {
    return await runAttached("nats", argv, { cwd: process.cwd(), env: tools.env });
  } finally {
    relay?.close();
  }
});

/** @returns undefined where the server is dialled directly, or the tunnel is open already */
async function openWay(argv: readonly string[]): Promise<Relay | undefined> {
  const home = contextsHome(process.env);
  const name = contextNamed(argv, process.env, read(join(home, "context.txt")));
  const context = name === undefined ? undefined : read(join(home, "context", `${name}.json`));
  const owner = context === undefined ? undefined : ownerOf(JSON.parse(context));
  if (owner === undefined) return undefined;
  const topology = readTopology(projectFolder, owner.stack);
  const pod = topology.pods.find(({ id }) => id === owner.pod);
  const ssh = pod === undefined ? undefined : viaOf(topology)[pod.published.address];
  if (pod === undefined || ssh === undefined) return undefined;
  await openShared(ssh).catch((error: Error) => {
    throw new Failure(`${owner.pod} is behind ${ssh.user}@${ssh.address}, and ssh says: ${error.message}`);
  });
  const target = { host: pod.published.address, port: pod.published.clientPort };
  const relay = new Relay(ssh, target, hostAndPort(owner.url).port);
  try {
    await relay.port();
    return relay;
  } catch (error) {
    // Another process has opened the tunnel already: `npm run contexts` shows how.
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
    throw error;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
