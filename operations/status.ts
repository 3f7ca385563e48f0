import { ClusterClient } from "../client/cluster-client.ts";
import { runCommand } from "./cli/command.ts";
import { accessOf, Stack } from "./stack/stack.ts";
import { repairsOf, repairText } from "./status/repairs.ts";
import { screen } from "./status/screen.ts";
import { settled } from "./status/settled.ts";

const usage = {
  command: "status",
  help: "Shows servers, routes, the meta leader, streams and certificates. Exits with 1 if anything is unhealthy.",
  flags: [],
};

await runCommand(usage, async ({ stack: name }) => {
  const stack = await Stack.open(name, {});
  const outputs = await stack.outputs();
  const cluster = new ClusterClient(accessOf(outputs, stack.topology));
  try {
    const { seen, faults } = await settled(cluster, outputs);
    const now = new Date();
    const repairs = repairsOf({ stack: name, outputs, seen, faults, refreshed: false, now });
    process.stdout.write(`${screen(outputs, seen, faults, now)}\n${repairText(repairs)}`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await cluster.close();
  }
});
