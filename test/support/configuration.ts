import { type Configuration, parseConfiguration } from "../../plan/config/configuration.ts";
import { ConfigurationError } from "../../plan/config/faults.ts";
import type { Reading } from "../../plan/config/reading.ts";
import { planTopology, type Topology } from "../../plan/topology.ts";

export const stack = { project: "unityplan-nats", name: "dev" };

export interface PodInput {
  readonly id: unknown;
  readonly clientPort: unknown;
  readonly clusterPort: unknown;
  readonly monitorPort: unknown;
  readonly [key: string]: unknown;
}

/** A pod whose ports end in the same digits. */
export function podInput(id: unknown, number: number, more: Record<string, unknown> = {}): PodInput {
  return { id, clientPort: 4222 + number, clusterPort: 6222 + number, monitorPort: 8222 + number, ...more };
}

/** The pods of the dev stack. */
export const nordicPods: readonly PodInput[] = [podInput("dk", 0), podInput("no", 1), podInput("se", 2)];

/** Sections as Pulumi hands them over: structured values as JSON, the rest as text. */
export function rawOf(sections: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sections).map(([name, value]) => [
      `${stack.project}:${name}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** The dev stack's configuration with these sections in place of its own. */
export function configure(
  sections: Readonly<Record<string, unknown>> = {},
  reading: Reading = {},
): Configuration {
  return parseConfiguration(rawOf({ pods: nordicPods, ...sections }), stack, reading);
}

export function plan(sections: Readonly<Record<string, unknown>> = {}): Topology {
  return planTopology(configure(sections));
}

/** Every fault of the dev stack's configuration with these sections in place of its own. */
export function faults(
  sections: Readonly<Record<string, unknown>>,
  reading: Reading = {},
): readonly string[] {
  try {
    configure(sections, reading);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}
