import { prepareControlFolder } from "./client/ssh.ts";
import { NatsCluster } from "./components/cluster.ts";
import type { Outputs } from "./components/inputs.ts";
import { load } from "./components/load.ts";
import { underPolicy } from "./components/policy/under-policy.ts";
import type { StackOutputs } from "./model/contract/stack-outputs.ts";
import { consumerName } from "./model/jetstream/names.ts";
import { resourceNames } from "./plan/resource-names.ts";

/** The program: loads, composes, and gives what the stack tells of itself. */
export async function program(): Promise<Outputs<StackOutputs>> {
  const { deployed, topology } = await load();
  // Whichever plugin opens the shared connection to a host first, it has to find the folder.
  if (topology.hosts.some(({ remote }) => remote !== undefined)) prepareControlFolder();
  const cluster = underPolicy(
    topology,
    () => new NatsCluster(resourceNames.cluster.of(), { topology, deployed }),
  );
  const { name, clientTls, systemAccount } = topology.cluster;
  return {
    clusterName: name,
    clientTls,
    pods: cluster.pods,
    streams: topology.streams.map((stream) => stream.name),
    consumers: topology.consumers.map(consumerName.of),
    caCertificate: cluster.caCertificate,
    systemSeed: cluster.systemSeed,
    clientCertificates: cluster.clientCertificates,
    operatorCertificate: cluster.operatorCertificate,
    // The usual account is what is taken where nothing is said.
    ...(systemAccount === "SYS" ? {} : { systemAccount }),
  };
}
