import { Cluster } from "../client/cluster.ts";
import type { SeenCurrent } from "../client/streams.ts";
import { pause } from "../client/until.ts";
import { runCommand } from "./command.ts";
import { accessOf, Stack, type StackOutputs } from "./stack.ts";
import { faultsOf } from "./status/faults.ts";
import { look, type Seen } from "./status/look.ts";
import { screen } from "./status/screen.ts";

const usage = {
  command: "status",
  help: "Shows servers, routes, the meta leader, streams and certificates. Exits with 1 when anything is unhealthy.",
  flags: [],
};

/** How long what is missing may take to come: under load a copy is a few entries behind now and then. */
const patienceMs = 2_000;

await runCommand(usage, async ({ stack: name }) => {
  const stack = await Stack.open(name, {});
  const outputs = await stack.outputs();
  const cluster = new Cluster(accessOf(outputs, stack.topology));
  try {
    const { seen, faults } = await settled(cluster, outputs);
    process.stdout.write(`${screen(outputs, seen, faults, new Date())}\n`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await cluster.close();
  }
});

async function settled(cluster: Cluster, outputs: StackOutputs): Promise<{ seen: Seen; faults: string[] }> {
  const deadline = Date.now() + patienceMs;
  const seenCurrent: SeenCurrent = new Set();
  for (;;) {
    const seen = await look(cluster, outputs);
    const faults = faultsOf(outputs, seen, new Date(), seenCurrent);
    if (faults.length === 0 || Date.now() >= deadline) return { seen, faults };
    await pause(200, deadline);
  }
}
