import type { NodeState, ProvenServer } from "../../model/contract/node.ts";
import { dockerTypes, natsTypes, stackType, tlsTypes } from "../../model/resource-types.ts";
import type { ClientTls } from "../../model/tls/client-tls.ts";
import { parseUrn } from "../../model/urn.ts";
import { fingerprintOf } from "../digest.ts";
import type { DeployedContainer } from "../render/container-defaults.ts";
import { resourceNames } from "../resource-names.ts";
import type { DeployedResource } from "./deployed-resource.ts";
import {
  type DeployedConsumer,
  type DeployedStream,
  deployedConsumers,
  deployedStreams,
} from "./deployed-streams.ts";
import { type DeployedKeys, deployedKeys, keyNames } from "./vpn-keys.ts";

/** What the last update left, read from the state. The transition rules need it. */
export interface DeployedState {
  /** By server_name, the servers that an update has proven. */
  readonly servers: ReadonlyMap<string, ProvenServer>;
  /** server_name of every server with a container, also if an update failed before the server was proven. */
  readonly containers: ReadonlySet<string>;
  /** By name, every container of a pod. */
  readonly containerDefaults: ReadonlyMap<string, DeployedContainer>;
  /** Fingerprints of the CAs that the program made, by generation. */
  readonly authorities: ReadonlyMap<number, string>;
  /** When these CAs end, RFC 3339. */
  readonly authorityEnds: ReadonlyMap<number, string>;
  /** Fingerprints of all CAs whose certificates may be served, also after an update that ended half-way. */
  readonly issuers: ReadonlySet<string>;
  /** Of the VPN. */
  readonly keys: DeployedKeys;
  /** URL of each host's Docker engine, by host id; a host with this machine's usual engine has none. */
  readonly engines: ReadonlyMap<string, string>;
  /** The system account under which the servers wrote their data. undefined: no server ever ran. */
  readonly systemAccount: string | undefined;
  /** By name. */
  readonly streams: ReadonlyMap<string, DeployedStream>;
  readonly consumers: readonly DeployedConsumer[];
  /** By server_name, the URL of its monitoring endpoint, as the last update that ended well left it. */
  readonly monitors: ReadonlyMap<string, string>;
  /** By host id, the IPv4 address in the VPN. */
  readonly vpnAddresses: ReadonlyMap<string, string>;
}

export const nothingDeployed: DeployedState = {
  servers: new Map(),
  containers: new Set(),
  containerDefaults: new Map(),
  authorities: new Map(),
  authorityEnds: new Map(),
  issuers: new Set(),
  keys: deployedKeys([]),
  engines: new Map(),
  systemAccount: undefined,
  streams: new Map(),
  consumers: [],
  monitors: new Map(),
  vpnAddresses: new Map(),
};

/** @param resources by URN */
export function deployedStateOf(resources: Readonly<Record<string, DeployedResource>>): DeployedState {
  const authorities = new Map<number, string>();
  const authorityEnds = new Map<number, string>();
  for (const [urn, { type, outputs }] of Object.entries(resources)) {
    const generation = resourceNames.authority.parse(parseUrn(urn).name);
    if (type !== tlsTypes.authority || generation === undefined) continue;
    authorities.set(generation, fingerprintOf(textOf(outputs.certPem)));
    authorityEnds.set(generation, textOf(outputs.validityEndTime));
  }
  const only = authorities.get(Math.min(...authorities.keys())) ?? "";
  const servers = Object.values(resources)
    .filter(({ type }) => type === natsTypes.node)
    .map(({ outputs }) => provenServer(outputs, only));
  const byName = new Map(servers.map((server) => [server.serverName, server]));
  const issuers = new Set([...servers.map(({ issuer }) => issuer), ...issuersOf(resources)]);
  const keys = deployedKeys(keyNames(Object.entries(resources).map(([urn, { type }]) => ({ urn, type }))));
  return {
    servers: byName,
    containers: containersOf(resources),
    containerDefaults: containerDefaultsOf(resources),
    authorities,
    authorityEnds,
    issuers,
    keys,
    engines: enginesOf(resources),
    systemAccount: systemAccountOf(resources),
    streams: deployedStreams(Object.values(resources)),
    consumers: deployedConsumers(Object.values(resources)),
    monitors: monitorsOf(resources),
    vpnAddresses: vpnAddressesOf(resources),
  };
}

/** A stack that is down has only its outputs. Programs before this setting wrote no account; theirs was SYS. */
function systemAccountOf(resources: Readonly<Record<string, DeployedResource>>): string | undefined {
  const membership = outputsOf(natsTypes.membership, resources);
  const stack = outputsOf(stackType, resources);
  if (membership.servers === undefined && stack.pods === undefined) return undefined;
  return textOf(membership.systemAccount) || textOf(stack.systemAccount) || "SYS";
}

/** The outputs of a resource that a stack has only once. */
function outputsOf(
  wanted: string,
  resources: Readonly<Record<string, DeployedResource>>,
): DeployedResource["outputs"] {
  return Object.values(resources).find(({ type }) => type === wanted)?.outputs ?? {};
}

/** Resources have the monitoring URLs only in the text of a file, which is a secret. So the stack's outputs have them. */
function monitorsOf(resources: Readonly<Record<string, DeployedResource>>): Map<string, string> {
  const pods = Object.values((outputsOf(stackType, resources).pods ?? {}) as Record<string, unknown>);
  const monitors = pods.map((pod): [string, string] => {
    const { serverName, monitorUrl } = (pod ?? {}) as Readonly<Record<string, unknown>>;
    return [textOf(serverName), textOf(monitorUrl)];
  });
  return new Map(monitors.filter(([serverName, url]) => serverName !== "" && url !== ""));
}

function vpnAddressesOf(resources: Readonly<Record<string, DeployedResource>>): Map<string, string> {
  const { peers } = outputsOf(natsTypes.mesh, resources);
  const addresses = (Array.isArray(peers) ? peers : []).map(
    (peer: { readonly hostId?: unknown; readonly address?: unknown }): [string, string] => [
      textOf(peer.hostId),
      textOf(peer.address),
    ],
  );
  return new Map(addresses.filter(([hostId, address]) => hostId !== "" && address !== ""));
}

function enginesOf(resources: Readonly<Record<string, DeployedResource>>): Map<string, string> {
  const engines = Object.entries(resources).flatMap(([urn, { outputs }]): [string, string][] => {
    const hostId = resourceNames.engine.inUrn(urn);
    const url = textOf(outputs.host);
    return hostId === undefined || url === "" ? [] : [[hostId, url]];
  });
  return new Map(engines);
}

function containersOf(resources: Readonly<Record<string, DeployedResource>>): Set<string> {
  const servers = Object.entries(resources).filter(([urn]) => resourceNames.server.inUrn(urn) !== undefined);
  return new Set(servers.map(([, { outputs }]) => textOf(outputs.name)).filter((name) => name !== ""));
}

function containerDefaultsOf(
  resources: Readonly<Record<string, DeployedResource>>,
): Map<string, DeployedContainer> {
  const found = Object.values(resources).filter(({ type }) => type === dockerTypes.container);
  return new Map(
    found.map(({ outputs: { name, image, user, workingDir, memorySwap } }) => [
      textOf(name),
      {
        image: textOf(image),
        user: textOf(user),
        workingDir: textOf(workingDir),
        memorySwap: typeof memorySwap === "number" ? memorySwap : undefined,
      },
    ]),
  );
}

function issuersOf(resources: Readonly<Record<string, DeployedResource>>): string[] {
  return Object.values(resources)
    .filter(({ type }) => type === natsTypes.trust)
    .flatMap(({ outputs: { issued } }) => (Array.isArray(issued) ? issued : []))
    .map((one: { readonly issuer?: unknown }) => textOf(one.issuer));
}

/**
 * A server as it was proven, from the state of its node.
 * @param only fingerprint of the one CA that a stack had before CAs had phases; every server trusted it
 */
export function provenServer(
  outputs: { readonly [Key in keyof NodeState]?: unknown },
  only: string,
): ProvenServer {
  return {
    serverName: textOf(outputs.serverName),
    url: textOf(outputs.url),
    clusterAddress: textOf(outputs.clusterAddress),
    clientTls: clientTlsOf(outputs.clientTls),
    startDigest: textOf(outputs.startDigest),
    version: textOf(outputs.version),
    issuer: textOf(outputs.issuer) || only,
    trusted: Array.isArray(outputs.trusted) ? outputs.trusted.map(textOf) : only === "" ? [] : [only],
    servedSince: textOf(outputs.servedSince),
  };
}

/** An older program had no TLS on client ports, and left nothing. */
function clientTlsOf(value: unknown): ClientTls {
  return value === "on" || value === "required" ? value : "off";
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
