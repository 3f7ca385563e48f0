import { restartsAll } from "../components/nats/container.ts";
import { runCommand } from "./command.ts";
import { hindrances } from "./rotate/hindrances.ts";
import { dependenceOf, trustedIn } from "./rotate/trusted.ts";
import { Stack } from "./stack.ts";

const usage = {
  command: "preview",
  help: "Shows what `up` would change, property by property, and changes nothing.",
  flags: [{ name: "live", help: "asks the servers too whether an authority may go; exits with 1 when not" }],
};

await runCommand(usage, async ({ stack: name, given }) => {
  const stack = await Stack.open(name, { engine: true });
  await stack.create();
  const code = await stack.run("preview", ["--diff"]);
  if (code !== 0 || !given.has("live")) return code;
  const faults = await faultsAtServers(stack);
  const verdict =
    faults.length === 0
      ? "nothing stands in the way"
      : `REFUSED\n${faults.map((fault) => `  - ${fault}`).join("\n")}`;
  process.stdout.write(`\nAsked the servers: ${verdict}\n`);
  return faults.length === 0 ? 0 : 1;
});

/** What the servers have against an authority that the configuration drops: `up` would be refused for it. */
async function faultsAtServers(stack: Stack): Promise<string[]> {
  const trusted = trustedIn(await stack.resources());
  if (trusted === undefined) return [];
  const found = await dependenceOf(stack, trusted, stack.topology.tls.authorities);
  if (found === undefined) return [];
  return hindrances(found, restartsAll(stack.topology, trusted.servers));
}
