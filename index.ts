import * as pulumi from "@pulumi/pulumi";
import { NatsCluster } from "./components/cluster.ts";
import { ConfigurationError } from "./components/config/faults.ts";
import { parseConfiguration } from "./components/config.ts";
import { planTopology, type Topology } from "./components/topology.ts";

const topology = plan();
for (const warning of topology.warnings) void pulumi.log.warn(warning);
const cluster = new NatsCluster("unityplan-global", { topology });

export const clusterName = topology.cluster.name;
export const pods = cluster.pods;
export const streams = topology.streams.map((stream) => stream.name);
export const consumers = topology.consumers.map((consumer) => `${consumer.stream}/${consumer.name}`);
export const caCertificate = cluster.caCertificate;
export const systemSeed = cluster.systemSeed;

function plan(): Topology {
  const stack = { project: pulumi.getProject(), name: pulumi.getStack() };
  try {
    return planTopology(parseConfiguration(pulumi.runtime.allConfig(), stack));
  } catch (error) {
    // A list of faults is for people; a stack trace would only hide it.
    if (error instanceof ConfigurationError) throw new pulumi.RunError(error.message);
    throw error;
  }
}
