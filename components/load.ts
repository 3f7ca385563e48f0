import * as pulumi from "@pulumi/pulumi";
import { parseConfiguration } from "../plan/config/configuration.ts";
import { ConfigurationError } from "../plan/config/faults.ts";
import { readingOf, withReadableCertificates } from "../plan/stand-ins.ts";
import { planTopology, type Topology } from "../plan/topology.ts";
import type { DeployedState } from "../plan/transitions/deployed-state.ts";
import {
  ForbiddenTransition,
  refuseForbiddenTransition,
  transitionWarnings,
} from "../plan/transitions/transition-rules.ts";
import { readDeployedState } from "./read-deployed-state.ts";

/** The deployed state of a stack, and what its configuration wants. */
export interface Loaded {
  readonly deployed: DeployedState;
  readonly topology: Topology;
}

/**
 * Reads the state and the configuration of the stack that this program runs for, and shows all warnings about them.
 * @throws RunError that names every fault at once
 */
export async function load(): Promise<Loaded> {
  const deployed = await readDeployedState();
  const topology = planFrom(deployed);
  for (const warning of [...topology.warnings, ...transitionWarnings(deployed, topology)])
    void pulumi.log.warn(warning);
  return { deployed, topology };
}

function planFrom(deployed: DeployedState): Topology {
  const stack = { project: pulumi.getProject(), name: pulumi.getStack() };
  try {
    const reading = readingOf(pulumi.runtime.isDryRun(), process.env);
    const read = planTopology(parseConfiguration(pulumi.runtime.allConfig(), stack, reading));
    const topology = reading.secrets === "hidden" ? withReadableCertificates(read) : read;
    refuseForbiddenTransition(deployed, topology, stack.name);
    return topology;
  } catch (error) {
    // A list of faults is for people; a stack trace would only hide it.
    if (error instanceof ConfigurationError || error instanceof ForbiddenTransition)
      throw new pulumi.RunError(error.message);
    throw error;
  }
}
