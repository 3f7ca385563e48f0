import { join } from "node:path";
import { parseConfiguration } from "../../plan/config/configuration.ts";
import { hiddenSecret } from "../../plan/config/reading.ts";
import { isMap as isValues } from "../../plan/config/schema.ts";
import { planTopology, type Topology } from "../../plan/topology.ts";
import { placed } from "../stack-file/faults.ts";
import { stackFileText } from "../stack-file/file.ts";
import type { Values } from "../stack-file/nodes.ts";
import { encryptedText, project, readStackFile, type StackFile } from "../stack-file/read.ts";

/** The name of a stack's file. */
export function stackFileName(stack: string): string {
  return `Pulumi.${stack}.yaml`;
}

/**
 * Reads a stack's file.
 * @throws StackFileError with every fault and its place
 */
export function stackFile(projectFolder: string, stack: string): StackFile {
  const name = stackFileName(stack);
  return readStackFile(stackFileText(join(projectFolder, name)), name);
}

/**
 * What a stack's configuration says, read as Pulumi would hand it to the program, before anything is installed: so
 * without its secrets. Certificates' dates are for the update to check; who looks at a stack, or takes it down, may
 * well do so because a certificate has expired.
 * @throws ConfigurationError with every fault at once
 */
export function readTopology(projectFolder: string, stack: string): Topology {
  return topologyOf(stackFile(projectFolder, stack), stack);
}

/** As {@link readTopology}, of a stack's file that is read already. */
export function topologyOf({ config }: Pick<StackFile, "config">, stack: string): Topology {
  const reading = { secrets: "hidden", now: "unchecked" } as const;
  return planTopology(parseConfiguration(asPulumiGivesIt(config), { project, name: stack }, reading));
}

/** A warning for each value that Pulumi reads in another way than a person. */
export function warningsOf({ name, misreadings }: StackFile): string[] {
  return misreadings.map((misreading) => `${name}, ${placed(misreading)}`);
}

/**
 * The configuration as Pulumi passes it to the program: a map or a list is JSON with sorted keys, and null is an empty
 * string. Every secret is `[secret]` here.
 */
export function asPulumiGivesIt(config: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      const visible = withoutSecrets(value) ?? "";
      return [key, typeof visible === "string" ? visible : JSON.stringify(visible)];
    }),
  );
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isValues(value)) return value;
  if (encryptedText(value) !== undefined) return hiddenSecret;
  const sorted = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, inner]) => [key, withoutSecrets(inner)]));
}
