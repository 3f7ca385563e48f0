import * as pulumi from "@pulumi/pulumi";
import { prepareControlFolder } from "./client/ssh.ts";
import { NatsCluster } from "./components/cluster.ts";
import { underPolicy } from "./components/policy/under-policy.ts";
import { readPast } from "./components/read-past.ts";
import { parseConfiguration } from "./plan/config/configuration.ts";
import { ConfigurationError } from "./plan/config/faults.ts";
import { readingOf, withReadableCertificates } from "./plan/stand-ins.ts";
import { planTopology, type Topology } from "./plan/topology.ts";
import type { Past } from "./plan/transitions/past.ts";
import { ForbiddenStep, refuseForbiddenSteps, warningsOfStep } from "./plan/transitions/steps.ts";

/** The program; what it gives are the stack's outputs. */
export async function program() {
  const past = await readPast();
  const topology = plan(past);
  for (const warning of [...topology.warnings, ...warningsOfStep(past, topology)])
    void pulumi.log.warn(warning);
  // Whichever plugin opens the shared connection to a host first, it has to find the folder.
  if (topology.hosts.some(({ remote }) => remote !== undefined)) prepareControlFolder();
  const { pods, caCertificate, systemSeed, clientCertificates, operatorCertificate } = underPolicy(
    topology,
    () => new NatsCluster("unityplan-global", { topology, past }),
  );
  return {
    clusterName: topology.cluster.name,
    clientTls: topology.cluster.clientTls,
    pods,
    streams: topology.streams.map((stream) => stream.name),
    consumers: topology.consumers.map((consumer) => `${consumer.stream}/${consumer.name}`),
    caCertificate,
    systemSeed,
    clientCertificates,
    operatorCertificate,
    ...accountOf(topology),
  };
}

/** For the time when the stack is down; the usual one is what is taken where nothing is said. */
function accountOf({ cluster: { systemAccount } }: Topology): { systemAccount?: string } {
  return systemAccount === "SYS" ? {} : { systemAccount };
}

function plan(past: Past): Topology {
  const stack = { project: pulumi.getProject(), name: pulumi.getStack() };
  try {
    const reading = readingOf(pulumi.runtime.isDryRun(), process.env);
    const read = planTopology(parseConfiguration(pulumi.runtime.allConfig(), stack, reading));
    const topology = reading.secrets === "hidden" ? withReadableCertificates(read) : read;
    refuseForbiddenSteps(past, topology, stack.name);
    return topology;
  } catch (error) {
    // A list of faults is for people; a stack trace would only hide it.
    if (error instanceof ConfigurationError || error instanceof ForbiddenStep)
      throw new pulumi.RunError(error.message);
    throw error;
  }
}
