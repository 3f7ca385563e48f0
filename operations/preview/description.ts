import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConfigurationError } from "../../plan/config/faults.ts";
import type { Topology } from "../../plan/topology.ts";
import { stackFile, stackFileName, topologyOf, warningsOf } from "../stack/plan.ts";
import { StackFileError } from "../stack-file/faults.ts";
import type { StackFile } from "../stack-file/read.ts";
import { type PlanDocument, planDocument } from "./document.ts";
import { type ReadableConfiguration, type StandIn, withStandIns } from "./stand-ins.ts";

/** What a project folder says of a stack. */
export interface Description {
  /** undefined: there is no such stack, or its file can't be read. */
  readonly configuration: ReadableConfiguration | undefined;
  readonly standIns: readonly StandIn[];
  /** About values that Pulumi reads in another way than a person. */
  readonly warnings: readonly string[];
  /** Why there is no plan. */
  readonly faults: readonly string[];
  readonly topology: Topology | undefined;
  readonly plan: PlanDocument | undefined;
}

/** Reads a stack of a project folder without any secret; a faulty one is an answer too. */
export function describeStack(projectFolder: string, stack: string): Description {
  const nothing = {
    configuration: undefined,
    standIns: [],
    warnings: [],
    topology: undefined,
    plan: undefined,
  };
  const file = stackFileName(stack);
  if (!existsSync(join(projectFolder, file)))
    return { ...nothing, faults: [`there is no stack ${stack}: a stack has its configuration in ${file}`] };
  let read: StackFile;
  try {
    read = stackFile(projectFolder, stack);
  } catch (error) {
    if (!(error instanceof StackFileError)) throw error;
    return { ...nothing, faults: [error.message] };
  }
  const configuration = withStandIns(read);
  const said = { ...nothing, configuration, standIns: configuration.standIns, warnings: warningsOf(read) };
  try {
    const topology = topologyOf(configuration, stack);
    return { ...said, faults: [], topology, plan: planDocument(topology, configuration.standIns) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { ...said, faults: error.faults };
  }
}
