import { TestStack } from "../harness/stack.ts";
import type { Attempt, Contender } from "./contender.ts";
import { ours } from "./names.ts";

/** This project: the `pulumi` process as `npm run up`, `preview` and `down` start it, without their look at the tools. */
export function pulumiContender(): Contender {
  return {
    name: ours,
    note:
      "the pulumi process that `npm run up`, `preview` and `down` start; TLS with an authority and a certificate per pod; " +
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
    dispose: () => stack.dispose(),
  };
}
