import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { parseConfiguration } from "../../plan/config/configuration.ts";
import { hiddenSecret } from "../../plan/config/reading.ts";
import { planTopology, type Topology } from "../../plan/topology.ts";

const project = "unityplan-nats";

/**
 * What a stack's configuration says, read as Pulumi would hand it to the program, before anything is installed: so
 * without its secrets. Certificates' dates are for the update to check; who looks at a stack, or takes it down, may
 * well do so because a certificate has expired.
 * @throws ConfigurationError with every fault at once
 */
export function readTopology(projectFolder: string, stack: string): Topology {
  return topologyOf(readFileSync(join(projectFolder, `Pulumi.${stack}.yaml`), "utf8"), stack);
}

/** As {@link readTopology}, of the text of a stack's file. */
export function topologyOf(text: string, stack: string): Topology {
  const reading = { secrets: "hidden", now: "unchecked" } as const;
  return planTopology(parseConfiguration(asPulumiGivesIt(text), { project, name: stack }, reading));
}

/** Structured values arrive at a program as JSON text. Every secret in them is `[secret]` here. */
export function asPulumiGivesIt(text: string): Record<string, string> {
  const { config = {} } = (load(text) ?? {}) as { config?: Record<string, unknown> };
  const entries = Object.entries(config ?? {});
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const visible = withoutSecrets(value);
      return [key, typeof visible === "string" ? visible : JSON.stringify(visible)];
    }),
  );
}

/** https://www.pulumi.com/docs/iac/concepts/secrets/#configuration-and-secrets */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === "secure" && typeof only[1] === "string") return hiddenSecret;
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutSecrets(inner)]));
}
