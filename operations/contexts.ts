import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { viaOf } from "../plan/endpoints.ts";
import { yesFlag } from "./cli/arguments.ts";
import { Failure, runCommand } from "./cli/command.ts";
import { contextsHome } from "./contexts/home.ts";
import { contextsFor, foreignContexts, type NatsContext, tlsFiles } from "./contexts/plan.ts";
import { openingCommands, podTunnels } from "./contexts/tunnels.ts";
import { Stack } from "./stack/stack.ts";
import { natsCommand, throughProject } from "./stack/welcome.ts";

const usage = {
  command: "contexts",
  help: "Writes a context for the nats CLI for each pod, named after the pod's id: `nats --context dk stream ls`.",
  flags: [{ ...yesFlag, help: "overwrites contexts of the same name that another program made" }],
};

await runCommand(usage, async ({ stack: name, given }) => {
  const stack = await Stack.open(name, { natsCli: true });
  const home = contextsHome(process.env);
  const folder = join(home, "context");
  const certificates = join(home, "unityplan-nats", name);
  const outputs = await stack.outputs();
  const tunnels = podTunnels(outputs, viaOf(stack.topology));
  const contexts = contextsFor(name, outputs, (file) => join(certificates, file), tunnels);
  const foreign = foreignContexts(contexts, name, (id) => read(folder, id));
  if (foreign.length > 0 && !given.has("yes")) {
    throw new Failure(
      `${folder} already has contexts that were not made for this stack: ${foreign.join(", ")}. ` +
        "Nothing was written. Rename those contexts, or say --yes to overwrite them.",
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeCertificates(certificates, tlsFiles(outputs));
  for (const [id, context] of contexts) {
    write(join(folder, `${id}.json`), `${JSON.stringify(context, undefined, 2)}\n`);
  }
  const first = contexts.keys().next().value;
  const nats = tunnels.size > 0 ? throughProject : natsCommand(stack.natsCli);
  process.stdout.write(
    `Wrote ${[...contexts.keys()].join(", ")} to ${folder}. Try: ${nats} --context ${first} stream ls\n`,
  );
  if (tunnels.size > 0) {
    process.stdout.write(
      `${[...tunnels.keys()].join(", ")} can be reached only through a host. \`npm run nats\` opens a tunnel and closes the tunnel at its end. ` +
        `For any other program, open the tunnel yourself and leave it open:\n${openingCommands(
          tunnels.values(),
        )
          .map((command) => `\n  ${command}\n`)
          .join("")}`,
    );
  }
  return 0;
});

function read(folder: string, id: string): NatsContext | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, `${id}.json`), "utf8")) as NatsContext;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** What an earlier configuration needed goes, the key above all. */
function writeCertificates(folder: string, files: ReadonlyMap<string, string>): void {
  rmSync(folder, { recursive: true, force: true });
  if (files.size === 0) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [file, text] of files) write(join(folder, file), text);
}

function write(file: string, text: string): void {
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, text, { mode: 0o600 });
  renameSync(aside, file);
}
