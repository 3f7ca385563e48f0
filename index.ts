import * as pulumi from "@pulumi/pulumi";
import { NatsCluster } from "./components/cluster.ts";
import { parseConfiguration } from "./components/config.ts";
import { planTopology } from "./components/topology.ts";

const stack = { project: pulumi.getProject(), name: pulumi.getStack() };
const topology = planTopology(parseConfiguration(pulumi.runtime.allConfig(), stack));
for (const warning of topology.warnings) void pulumi.log.warn(warning);

const cluster = new NatsCluster(topology.cluster.name, { topology });

export const clusterName = topology.cluster.name;
export const pods = cluster.pods;
export const streams = topology.streams.map((stream) => stream.name);
export const consumers = topology.consumers.map((consumer) => `${consumer.stream}/${consumer.name}`);
export const caCertificate = cluster.caCertificate;
export const systemSeed = cluster.systemSeed;
