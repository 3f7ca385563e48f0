import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigurationError } from "../../plan/config/faults.ts";
import type { Topology } from "../../plan/topology.ts";
import { topologyOf } from "../stack/plan.ts";
import { type PlanDocument, planDocument } from "./document.ts";
import { type ReadableConfiguration, type StandIn, withStandIns } from "./stand-ins.ts";

/** What a project folder says of a stack. */
export interface Description {
  /** undefined: there is no such stack, or it is not YAML. */
  readonly configuration: ReadableConfiguration | undefined;
  readonly standIns: readonly StandIn[];
  /** Why there is no plan. */
  readonly faults: readonly string[];
  readonly topology: Topology | undefined;
  readonly plan: PlanDocument | undefined;
}

/** Reads a stack of a project folder without any secret; a faulty one is an answer too. */
export function describeStack(projectFolder: string, stack: string): Description {
  const nothing = { configuration: undefined, standIns: [], topology: undefined, plan: undefined };
  const file = `Pulumi.${stack}.yaml`;
  if (!existsSync(join(projectFolder, file)))
    return { ...nothing, faults: [`there is no stack ${stack}: a stack has its configuration in ${file}`] };
  let configuration: ReadableConfiguration;
  try {
    configuration = withStandIns(readFileSync(join(projectFolder, file), "utf8"));
  } catch (error) {
    return { ...nothing, faults: [`${file} is not YAML: ${(error as Error).message}`] };
  }
  const { standIns } = configuration;
  try {
    const topology = topologyOf(configuration.text, stack);
    return { configuration, standIns, faults: [], topology, plan: planDocument(topology, standIns) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { ...nothing, configuration, standIns, faults: error.faults };
  }
}
