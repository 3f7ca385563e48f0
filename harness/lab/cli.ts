import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Lab } from "./lab.ts";

const usage = `usage: node harness/lab/cli.ts COMMAND NAME [ARGUMENT…]
  up NAME [--disks] [ID…]     makes a lab of hosts, by default copenhagen, oslo and stockholm; prints it as JSON
  show NAME                   prints it again
  down NAME                   removes it
  exec NAME ID SCRIPT         runs a shell script as root
  reboot|kill|start|pause|unpause NAME ID
  power-cut NAME ID…          for a lab made with --disks
  cut|cut-one-way NAME ID ID
  slow NAME DELAY_MS LOSS_PERCENT
  heal NAME                   ends the faults of links`;

/** Where the name leads to the lab's folder. */
const pointer = (name: string) => join(tmpdir(), `unityplan-lab-by-name-${name}`);

function show({ folder, identityFile, subnet, hosts }: Lab): void {
  console.log(JSON.stringify({ folder, identityFile, subnet, hosts }, undefined, 2));
}

async function up(name: string, words: readonly string[]): Promise<Lab> {
  const named = words.filter((word) => word !== "--disks");
  const ids = named.length > 0 ? named : ["copenhagen", "oslo", "stockholm"];
  const stores = words.includes("--disks") ? "disks" : "volumes";
  const lab = await Lab.create({ ids, stores, owner: "a person", note: (text) => console.error(text) });
  writeFileSync(pointer(name), lab.folder);
  return lab;
}

const one = (words: readonly string[]) => words[0] ?? "";
const two = (words: readonly string[]) => [words[0] ?? "", words[1] ?? ""] as const;

/** What is done to a lab that is there. */
const commands: Record<string, (lab: Lab, words: readonly string[]) => Promise<unknown>> = {
  exec: async (lab, words) => console.log(await lab.exec(...two(words))),
  reboot: (lab, words) => lab.reboot(one(words)),
  kill: (lab, words) => lab.kill(one(words)),
  start: (lab, words) => lab.start(one(words)),
  pause: (lab, words) => lab.pause(one(words)),
  unpause: (lab, words) => lab.unpause(one(words)),
  "power-cut": (lab, words) => lab.powerCut(words),
  cut: (lab, words) => lab.cut(...two(words)),
  "cut-one-way": (lab, words) => lab.cutOneWay(...two(words)),
  slow: (lab, [delay, loss]) => lab.slow({ delayMs: Number(delay), lossPercent: Number(loss), seed: 1 }),
  heal: (lab) => lab.heal(),
};

async function main([command = "", name = "", ...words]: string[]): Promise<void> {
  if (!/^[a-z0-9-]+$/.test(name)) throw new Error(usage);
  const known = existsSync(pointer(name)) ? Lab.open(readFileSync(pointer(name), "utf8")) : undefined;
  if (command === "up") return show(known ?? (await up(name, words)));
  if (known === undefined) throw new Error(`there is no lab ${name}; make it with \`up ${name}\``);
  if (command === "show") return show(known);
  if (command === "down") {
    await known.dispose();
    return rmSync(pointer(name));
  }
  const work = commands[command];
  if (work === undefined) throw new Error(usage);
  await work(known, words);
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
