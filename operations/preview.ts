import { runCommand } from "./command.ts";
import { dependenceOf, trustedIn } from "./rotate/trusted.ts";
import { Stack } from "./stack.ts";

const usage = {
  command: "preview",
  help: "Shows what `up` would change, property by property, and changes nothing.",
  flags: [
    { name: "live", help: "asks the servers too what stands in the way; exits with 1 when anything does" },
  ],
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

/** What an update would be refused for, that only the servers know. */
async function faultsAtServers(stack: Stack): Promise<string[]> {
  const trusted = trustedIn(await stack.resources());
  if (trusted === undefined) return [];
  const found = await dependenceOf(stack, trusted, stack.topology.tls.authorities);
  if (found === undefined) return [];
  const restart = "raise cluster.restartGeneration in the same change, with `rollout: rolling`";
  return [
    ...found.live.map((one) => `an authority goes, but ${one}`),
    ...(found.sessions.length === 0
      ? []
      : [
          `an authority goes, but ${found.sessions.length} sessions may hang on it; ${restart}: ${found.sessions[0]}, …`,
        ]),
  ];
}
