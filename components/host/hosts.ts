import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { SurveyInputs } from "../../model/contract/survey.ts";
import { sshOptions } from "../../model/ssh.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import type { HostPlan, Topology } from "../../plan/topology.ts";
import type { DeployedState } from "../../plan/transitions/deployed-state.ts";
import { rotationOf } from "../../plan/transitions/vpn-keys.ts";
import { leftAsIs } from "../left-as-is.ts";
import type { Provider } from "../nats/provider.ts";
import { WireGuardMesh } from "../wireguard/mesh.ts";
import { chosenByEngine } from "./chosen-by-engine.ts";
import { RemoteHost } from "./host.ts";
import { carriedImage } from "./image.ts";
import { HostSurvey } from "./resources.ts";

/** A host whose Docker engine can be given pods. */
export interface ReadyHost {
  readonly engine: docker.Provider;
  readonly imageId: pulumi.Output<string>;
  /** undefined: its pods are in the host's own network. */
  readonly meshNetwork: docker.Network | undefined;
  /** What must be done before anything is put on the engine. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * Prepares every host. The hosts that are reached by SSH are surveyed together, prepared, and joined by the VPN, before
 * any engine is used. By host id.
 */
export function createHosts(
  topology: Topology,
  deployed: DeployedState,
  nats: Provider,
  parent: pulumi.ComponentResource,
): ReadonlyMap<string, ReadyHost> {
  const ready = prepare(topology, deployed, nats, parent);
  return new Map(
    topology.hosts.map((host) => [host.id, createEngine(host, topology.cluster.image, ready, parent)]),
  );
}

/** What a host's engine waits for, by host id. Nothing if the program does not prepare the host. */
function prepare(
  topology: Topology,
  deployed: DeployedState,
  nats: Provider,
  parent: pulumi.ComponentResource,
): ReadonlyMap<string, readonly pulumi.Resource[]> {
  const { hosts, vpn } = topology;
  const remote = hosts.flatMap((host) =>
    host.remote === undefined ? [] : [{ ...host, remote: host.remote }],
  );
  if (remote.length === 0) return new Map();
  const skip = remote.filter(({ skip }) => skip).map(({ id }) => id);
  const survey = new HostSurvey(resourceNames.survey.of(), surveyArgs(topology, skip), {
    parent,
    provider: nats,
  });
  const prepared = new Map(
    remote.map(({ id, remote: plan, skip }) => {
      const args = { id, plan, interfaceName: vpn?.interfaceName ?? "wg0", after: [survey] };
      return [id, new RemoteHost(id, args, { parent, ...leftAsIs(skip) }).prepared];
    }),
  );
  if (vpn === undefined) return prepared;
  const mesh = new WireGuardMesh(
    resourceNames.vpn.of(),
    {
      plan: vpn,
      ssh: new Map(remote.map(({ id, remote: { ssh } }) => [id, ssh])),
      after: prepared,
      rotated: rotationOf(deployed.keys, vpn, skip).rotated,
      nats,
      skip,
    },
    { parent },
  );
  return new Map([...prepared].map(([id, before]) => [id, [...before, mesh.gate]]));
}

function surveyArgs({ hosts, pods, vpn }: Topology, skip: readonly string[]): SurveyInputs {
  return {
    hosts: hosts.flatMap(({ id, remote }) => {
      if (remote === undefined) return [];
      const here = pods.filter((pod) => pod.hostId === id && pod.networks === undefined);
      const tcpPorts = here.flatMap(({ listen }) => [
        listen.clientPort,
        listen.clusterPort,
        listen.monitorPort,
      ]);
      const { ssh, peer } = remote;
      return [{ id, ssh, tcpPorts, udpPort: peer?.listenPort, vpnAddress: peer?.address }];
    }),
    vpnNetworks: vpn?.peers.map(({ network }) => network) ?? [],
    dataBytes: Math.max(0, ...hosts.map(({ id }) => dataBytesOn(id, pods))),
    without: skip,
    interfaceName: vpn?.interfaceName ?? "",
  };
}

function dataBytesOn(hostId: string, pods: Topology["pods"]): number {
  const here = pods.filter((pod) => pod.hostId === hostId);
  return here.reduce((sum, { maxFileStoreBytes }) => sum + (maxFileStoreBytes ?? 0), 0);
}

function createEngine(
  host: HostPlan,
  image: string,
  ready: ReadonlyMap<string, readonly pulumi.Resource[]>,
  parent: pulumi.ComponentResource,
): ReadyHost {
  const { id, dockerUrl, remote, meshNetwork } = host;
  const after = ready.get(id) ?? [];
  const engine = new docker.Provider(
    resourceNames.engine.of(id),
    {
      ...(dockerUrl === undefined ? {} : { host: dockerUrl }),
      // A preview dials nothing, and before the first update there may be no engine to be found there.
      disableDockerDaemonCheck: true,
      ...(remote === undefined ? {} : { sshOpts: sshOptions(remote.ssh) }),
    },
    { parent },
  );
  const afterThat = { parent, dependsOn: [...after], ...leftAsIs(host.skip) };
  const network =
    meshNetwork === undefined
      ? undefined
      : new docker.Network(
          resourceNames.meshNetwork.of(id),
          { name: meshNetwork },
          {
            ...afterThat,
            provider: engine,
            deleteBeforeReplace: true,
            ignoreChanges: chosenByEngine.network,
          },
        );
  return { engine, imageId: imageOn(host, image, engine, afterThat), meshNetwork: network, after };
}

function imageOn(
  { id, remote }: HostPlan,
  image: string,
  engine: docker.Provider,
  options: pulumi.CustomResourceOptions & { readonly dependsOn: pulumi.Resource[] },
): pulumi.Output<string> {
  const carried = remote?.image === "carry" ? [carriedImage(id, { remote, image }, options)] : [];
  const dependsOn = [...options.dependsOn, ...carried];
  const known = new docker.RemoteImage(
    resourceNames.image.of(id),
    { name: image, keepLocally: true },
    { ...options, provider: engine, dependsOn },
  );
  return known.imageId;
}
