import type { ConsumerInputs } from "../../model/contract/consumer.ts";
import type { StreamInputs } from "../../model/contract/stream.ts";
import { consumerName } from "../../model/jetstream/names.ts";
import type { ClientTls } from "../../model/tls/client-tls.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import type { RolloutPlan, Topology } from "../../plan/topology.ts";
import type { VpnPlan } from "../../plan/vpn-plan.ts";
import { type HostDocument, hostDocument } from "./document/hosts.ts";
import { type ServerDocument, serverDocument } from "./document/servers.ts";
import { byText } from "./document/sorted.ts";
import { type TlsDocument, tlsDocument } from "./document/tls.ts";
import type { StandIn } from "./stand-ins.ts";

/** A document of another version can't be compared: raise it with every change that makes an old one read wrong. */
export const documentVersion = 1;

/**
 * All that a stack's configuration comes to, as plain JSON without a secret: what the pure files make of it. Two of them
 * tell what a change does, without state, engine or host.
 */
export interface PlanDocument {
  readonly version: typeof documentVersion;
  readonly cluster: {
    readonly name: string;
    readonly image: string;
    readonly clientTls: ClientTls;
    readonly allowDowngrade: boolean;
    readonly acceptAnonymousRemoteClients: boolean;
  };
  /** By pod id. */
  readonly servers: readonly ServerDocument[];
  /** By id. */
  readonly hosts: readonly HostDocument[];
  /** By name. */
  readonly streams: readonly StreamInputs[];
  /** By stream and name. */
  readonly consumers: readonly ConsumerInputs[];
  readonly tls: TlsDocument;
  readonly rollout: RolloutPlan;
  /** Reasons for which rules of policy do not hold, by the rule. */
  readonly waivers: Readonly<Record<string, string>>;
  /** Names of the keys that are made here: the system account's and the VPN's. */
  readonly keys: readonly string[];
  /** What tells one encrypted text from another, by path. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** @param standIns what stands in for secrets in the configuration that the topology was made of */
export function planDocument(topology: Topology, standIns: readonly StandIn[] = []): PlanDocument {
  const { cluster, pods, hosts, streams, consumers, vpn, rollout } = topology;
  const secrets = Object.fromEntries(
    standIns.flatMap(({ path, why, digest }) => (why === "secret" ? [[path, digest]] : [])),
  );
  const tls = tlsDocument(topology.tls, secrets);
  return {
    version: documentVersion,
    cluster: {
      name: cluster.name,
      image: cluster.image,
      clientTls: cluster.clientTls,
      allowDowngrade: cluster.allowDowngrade,
      acceptAnonymousRemoteClients: cluster.acceptAnonymousRemoteClients,
    },
    servers: byText(
      pods.map((pod) => serverDocument(pod, topology, tls)),
      ({ podId }) => podId,
    ),
    hosts: byText(
      hosts.map((host) => hostDocument(host, topology, standIns)),
      ({ id }) => id,
    ),
    streams: byText(streams, ({ name }) => name),
    consumers: byText(consumers, consumerName.of),
    tls,
    rollout,
    waivers: topology.waivers,
    keys: [resourceNames.systemUser.of(), ...keysOf(vpn)].sort(),
    secrets,
  };
}

function keysOf(vpn: VpnPlan | undefined): string[] {
  if (vpn === undefined) return [];
  const { peers, presharedKeyGeneration: shared } = vpn;
  return peers.flatMap(({ hostId, keyGeneration }, index) => [
    resourceNames.hostKey.of({ hostId, generation: keyGeneration }),
    ...peers
      .slice(index + 1)
      .map((other) => resourceNames.sharedKey.of({ hostIds: [hostId, other.hostId], generation: shared })),
  ]);
}
