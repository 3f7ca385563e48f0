import { checkMembership } from "../../model/contract/membership.ts";
import type { ProvenServer } from "../../model/contract/node.ts";
import { inside } from "../../plan/config/places.ts";
import type { Topology } from "../../plan/topology.ts";
import { type DeployedState, nothingDeployed } from "../../plan/transitions/deployed-state.ts";
import {
  ForbiddenTransition,
  refuseForbiddenTransition,
  transitionWarnings,
} from "../../plan/transitions/transition-rules.ts";
import { versionOfImage } from "../../plan/transitions/versions.ts";
import { deployedKeys } from "../../plan/transitions/vpn-keys.ts";
import { authorityName, type ServerDocument } from "./document/servers.ts";
import { madeHere } from "./document/tls.ts";
import type { PlanDocument } from "./document.ts";

export interface Judgement {
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * What the program will say of the transition from one plan to another, if the stack is as the first plan describes it. What
 * depends on dates or on servers is not in a plan.
 */
export function judgeTransition(before: PlanDocument, topology: Topology, stack: string): Judgement {
  const deployed = deployedStateOfPlan(before);
  // A secret certificate has no fingerprint here, which distinguishes the CAs.
  if (deployed === undefined || topology.tls.authorities.some(({ given }) => isHidden(given?.certificatePem)))
    return { faults: [], warnings: [] };
  return {
    faults: [...forbidden(deployed, topology, stack), ...splitFaults(before, topology)],
    warnings: transitionWarnings(deployed, topology),
  };
}

function isHidden(pem: string | undefined): boolean {
  return pem !== undefined && !pem.includes("-----BEGIN");
}

function forbidden(deployed: DeployedState, topology: Topology, stack: string): string[] {
  try {
    refuseForbiddenTransition(deployed, topology, stack);
    return [];
  } catch (error) {
    if (!(error instanceof ForbiddenTransition)) throw error;
    // Behind its head each line is a reason.
    return error.message.split("\n").slice(1);
  }
}

/** The report has its own sentence for a pod that is removed. */
function splitFaults(before: PlanDocument, { cluster, pods }: Topology): string[] {
  const servers = before.servers.map(({ serverName }) => serverName);
  const { failures } = checkMembership(
    { clusterName: cluster.name, servers: [...servers, ...pods.map(({ serverName }) => serverName)] },
    { clusterName: before.cluster.name, servers },
  );
  return failures
    .filter(({ property }) => property === "clusterName")
    .map(({ property, reason }) => `${property}: ${reason}`);
}

/** What an update to a plan leaves in the state; undefined: the plan does not say enough. */
function deployedStateOfPlan(plan: PlanDocument): DeployedState | undefined {
  const { authorities } = plan.tls;
  const active = authorities.find(({ phase }) => phase === "active");
  if (active === undefined || authorities.some(({ certificate }) => certificate.startsWith("secret")))
    return undefined;
  const issuer = authorityName(active);
  const proven = plan.servers.map(
    (server): ProvenServer => ({
      serverName: server.serverName,
      url: server.url,
      clusterAddress: server.clusterAddress,
      clientTls: plan.cluster.clientTls,
      startDigest: server.startDigest,
      version: versionOfImage(server.container.image) ?? "",
      issuer,
      trusted: server.trusted,
      servedSince: "",
    }),
  );
  return {
    ...nothingDeployed,
    servers: new Map(proven.map((server) => [server.serverName, server])),
    authorities: new Map(
      authorities.flatMap((one) =>
        one.certificate === madeHere ? [[one.generation, authorityName(one)] as const] : [],
      ),
    ),
    issuers: new Set([issuer]),
    keys: deployedKeys(plan.keys),
    engines: new Map(
      plan.hosts.flatMap(({ id, dockerUrl }) => (dockerUrl === "" ? [] : [[id, dockerUrl] as const])),
    ),
    streams: new Map(plan.streams.map((stream) => [stream.name, stream])),
    consumers: plan.consumers,
    monitors: new Map(plan.servers.map((server) => [server.serverName, monitorOf(server)])),
    vpnAddresses: new Map(
      plan.hosts.flatMap(({ id, vpn }) => (vpn === undefined ? [] : [[id, vpn.address] as const])),
    ),
  };
}

/** Where it is published; in the network of its host the server listens there itself. */
function monitorOf({ container, conf }: ServerDocument): string {
  const published = container.ports.find(({ internal }) => internal === inside.monitorPort);
  const place =
    published === undefined ? /^http: "(.*)"$/m.exec(conf)?.[1] : `${published.ip}:${published.external}`;
  return `http://${place ?? ""}`;
}
