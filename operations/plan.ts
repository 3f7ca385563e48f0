import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { parseConfiguration } from "../components/config.ts";
import { planTopology, type Topology } from "../components/topology.ts";

const project = "unityplan-nats";

/**
 * What a stack's configuration says, read as Pulumi would hand it to the program, before anything is installed.
 * @throws ConfigurationError with every fault at once
 */
export function readTopology(projectFolder: string, stack: string): Topology {
  const text = readFileSync(join(projectFolder, `Pulumi.${stack}.yaml`), "utf8");
  return planTopology(parseConfiguration(asPulumiGivesIt(text), { project, name: stack }));
}

/** Structured values arrive at a program as JSON text. */
export function asPulumiGivesIt(text: string): Record<string, string> {
  const { config = {} } = (load(text) ?? {}) as { config?: Record<string, unknown> };
  const entries = Object.entries(config ?? {});
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
