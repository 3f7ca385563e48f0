import { TestStack } from "../harness/stack.ts";
import type { StackOutputs } from "../model/contract/stack-outputs.ts";
import { Failure } from "../operations/cli/command.ts";
import { lookAfter, type Updated } from "../operations/up/look.ts";
import { parseConfiguration } from "../plan/config/configuration.ts";
import { planTopology } from "../plan/topology.ts";
import type { Attempt, Contender } from "./contender.ts";
import { ours } from "./names.ts";

/** This project: the `pulumi` process as `npm run up`, `preview` and `down` start it, without their look at the tools. */
export function pulumiContender(): Contender {
  return {
    name: ours,
    note:
      "the pulumi process that `npm run up`, `preview` and `down` start; TLS with a CA and a certificate per pod; " +
      "waits until servers and copies are current; down stops the servers by lame duck and keeps the volumes",
    begin: () => beginStack(),
  };
}

/**
 * @param sections of the configuration, beside the pods
 * @param ids of the pods, default the three of dev
 */
export async function beginStack(
  sections: Readonly<Record<string, unknown>> = {},
  ids?: string[],
): Promise<Attempt> {
  const stack = await TestStack.create(sections, ids);
  const run = (...args: string[]) => ({
    program: "pulumi",
    args: [...args, "--stack", stack.name],
    cwd: stack.folder,
    env: stack.env,
  });
  return {
    prefix: stack.prefix,
    urls: stack.pods.map((pod) => stack.url(pod.id)),
    commands: {
      "cold up": run("up", "--yes", "--skip-preview"),
      "no-op up": run("up", "--yes", "--skip-preview", "--expect-no-changes"),
      "no-op preview": run("preview", "--diff", "--expect-no-changes"),
      down: run("destroy", "--yes", "--skip-preview", "--exclude-protected"),
    },
    lookAfterUp: async () => {
      const known = await updated(stack, sections);
      return async () => {
        const { text, healthy } = await lookAfter(known);
        if (!healthy) throw new Failure(text);
      };
    },
    dispose: () => stack.dispose(),
  };
}

/** What `npm run up` knows when it begins to look. */
async function updated(stack: TestStack, sections: Readonly<Record<string, unknown>>): Promise<Updated> {
  const raw = Object.entries({ ...sections, pods: stack.pods }).map(([section, value]) => [
    `unityplan-nats:${section}`,
    JSON.stringify(value),
  ]);
  const configuration = parseConfiguration(Object.fromEntries(raw), {
    project: "unityplan-nats",
    name: stack.name,
  });
  const outputs = await stack.outputs<StackOutputs>();
  return { stack: stack.name, topology: planTopology(configuration), outputs, skip: [], refreshed: false };
}
