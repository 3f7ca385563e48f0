import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeByPrefix } from "../harness/engine.ts";
import type { Attempt, Contender } from "./contender.ts";
import { compose } from "./names.ts";
import { composeFile, composeScript } from "./peer/compose-file.ts";
import { prepareJob, urlsOf } from "./peer/job.ts";
import type { ComposeTool } from "./tools.ts";

/** Docker Compose for the servers and the nats CLI for the streams, in one script. */
export function composeContender(tool: ComposeTool, env: NodeJS.ProcessEnv): Contender {
  return {
    name: compose,
    note:
      `Docker Compose ${tool.version} with the nats CLI, run again for a no-op; its preview is a dry run that looks at no ` +
      "stream; no TLS; down ends the servers with SIGTERM and keeps the volumes",
    begin: () => begin(tool, env),
  };
}

async function begin(tool: ComposeTool, env: NodeJS.ProcessEnv): Promise<Attempt> {
  const job = await prepareJob();
  const { folder, prefix, pods } = job;
  const script = join(folder, "up.sh");
  const file = join(folder, "compose.json");
  const words = [...tool.command, "--file", file, "--progress", "plain"];
  const [program = "", ...args] = words;
  writeFileSync(file, composeFile(job));
  writeFileSync(script, composeScript(job, words.map((word) => `'${word}'`).join(" ")));
  chmodSync(script, 0o755);
  const up = { program: script, args: [], cwd: folder, env };
  const direct = (...more: string[]) => ({ program, args: [...args, ...more], cwd: folder, env });
  return {
    prefix,
    urls: urlsOf(pods),
    commands: {
      "cold up": up,
      "no-op up": up,
      "no-op preview": direct("--dry-run", "up", "--detach"),
      down: direct("down"),
    },
    dispose: async () => {
      await removeByPrefix(prefix);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
