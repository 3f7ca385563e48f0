import type { Topology } from "../topology.ts";
import { drops, expiredFaults, phaseFaults } from "./authorities.ts";
import type { DeployedState } from "./deployed-state.ts";
import { lookOf } from "./look.ts";
import { movedFilterFaults } from "./moved-filters.ts";
import { movedAddressFaults, movedPortFaults } from "./moved-places.ts";
import { movedSubjectFaults } from "./moved-subjects-faults.ts";
import { versionChangeFault, versionChangeWarnings, versionOfImage } from "./versions.ts";
import { rotationOf } from "./vpn-keys.ts";

/** The deployed state can't become what the configuration wants in one update. */
export class ForbiddenTransition extends Error {
  constructor(stack: string, faults: readonly string[]) {
    const count = faults.length === 1 ? "1 reason" : `${faults.length} reasons`;
    super(
      [
        `${stack} can't be updated to Pulumi.${stack}.yaml in one step, for ${count}; nothing was touched:`,
        ...faults,
      ].join("\n"),
    );
    this.name = "ForbiddenTransition";
  }
}

/** Warnings about changes of the deployed state that are allowed. */
export function transitionWarnings(deployed: DeployedState, topology: Topology): string[] {
  return [...versionWarnings(deployed, topology), ...movedEngines(deployed, topology)];
}

/** Pulumi trusts its state, which has all resources as they are on the old engine. */
function movedEngines({ engines }: DeployedState, { hosts }: Topology): string[] {
  return hosts.flatMap(({ id, dockerUrl }) => {
    const before = engines.get(id);
    if (before === undefined || before === dockerUrl) return [];
    return [
      `hosts.${id} has another Docker engine than in the last update (${before}, now ${dockerUrl ?? "this machine's own"}). ` +
        "If this is another machine, what this update shows as unchanged is not there: run `pulumi up --refresh`, which " +
        "looks at the machine and makes what is missing. If this is another way to the same machine, do nothing",
    ];
  });
}

function versionWarnings(deployed: DeployedState, { cluster }: Topology): string[] {
  const to = versionOfImage(cluster.image);
  if (to !== undefined) return runningVersions(deployed).flatMap((from) => versionChangeWarnings(from, to));
  return [
    `cluster.image ${cluster.image} does not name a version such as 2.15.1, so no one can check whether it may follow the ` +
      "running version; use a tag with all three numbers",
  ];
}

/**
 * Checks all transition rules before anything is changed. The provider checks what only the servers know.
 * @throws ForbiddenTransition with every reason
 */
export function refuseForbiddenTransition(deployed: DeployedState, topology: Topology, stack: string): void {
  const faults = [
    ...expiredFaults(deployed, topology.tls.authorities, stack, new Date()),
    ...phaseFaults(deployed, topology.tls.authorities),
    ...clientTlsFaults(deployed, topology),
    ...versionFaults(deployed, topology),
    ...skipFaults(deployed, topology),
    ...vpnFaults(deployed, topology),
    ...moveFaults(deployed, topology),
    ...accountFaults(deployed, topology),
    ...movedSubjectFaults(deployed, topology),
    ...movedFilterFaults(deployed, topology),
    ...movedPortFaults(deployed, topology),
    ...movedAddressFaults(deployed, topology),
  ];
  if (faults.length > 0) throw new ForbiddenTransition(stack, faults);
}

/**
 * The client ports keep their old TLS mode until every server has loaded the new one, and only the nodes of the servers
 * know that. What asks the servers before would be refused.
 */
function clientTlsFaults(deployed: DeployedState, topology: Topology): string[] {
  const { servers } = deployed;
  const { cluster, tls } = topology;
  const from = [...servers.values()].find(({ clientTls }) => clientTls !== cluster.clientTls)?.clientTls;
  if (from === undefined) return [];
  const reasons = [
    ...(lookOf(deployed, topology).restarting.length > 0 ? ["servers restart"] : []),
    ...(drops(deployed, tls.authorities) ? ["a CA is removed"] : []),
  ];
  if (reasons.length === 0) return [];
  return [
    `tls.clients: ${from} becomes ${cluster.clientTls} in the same update in which ${reasons.join(" and ")}. The ` +
      "update connects to the servers first, and with the new tls.clients they would refuse the connection. Make two " +
      "updates, in any order: one for tls.clients, and one for the rest",
  ];
}

/** A pod that was never deployed can't be left as it is. */
function skipFaults({ servers }: DeployedState, { pods, rollout }: Topology): string[] {
  return pods
    .filter(({ id, serverName }) => rollout.skip.includes(id) && !servers.has(serverName))
    .map(
      ({ id }) =>
        `rollout.skip: the pod ${id} was never deployed, so an update can't skip it. Remove the pod from \`pods\` until its ` +
        "host can be reached, or remove it from rollout.skip",
    );
}

function vpnFaults({ keys }: DeployedState, { hosts, vpn }: Topology): string[] {
  const skip = hosts.filter(({ skip }) => skip).map(({ id }) => id);
  return vpn === undefined ? [] : [...rotationOf(keys, vpn, skip).faults];
}

/** The VPN takes all new addresses at once. A server listens on its old address until it restarts. */
function moveFaults({ servers }: DeployedState, { pods, rollout }: Topology): string[] {
  const moved = pods.filter(({ serverName, networks, published }) => {
    const before = servers.get(serverName)?.clusterAddress;
    return networks === undefined && before !== undefined && !before.startsWith(`${published.address}:`);
  });
  const hosts = [...new Set(moved.map(({ hostId }) => hostId))];
  if (hosts.length < 2 || rollout.mode !== "rolling") return [];
  return [
    `hosts: ${hosts.join(", ")} would get other addresses in the VPN in one update. Their servers could not be reached ` +
      "before they restart, and without a majority no server may restart. Change one host in each update, or set " +
      "rollout: all-at-once for this update",
  ];
}

/** The servers would not find what they agreed on, and would delete every stream after 30 s. */
function accountFaults(
  { systemAccount: before }: DeployedState,
  { cluster: { systemAccount: now } }: Topology,
): string[] {
  if (before === undefined || before === now) return [];
  return [
    `cluster.systemAccount: ${before} becomes ${now}, and the servers would delete every stream: the data on their disks ` +
      `was written under ${before}. Write ${before} again; a stack keeps the account that it began with`,
  ];
}

function versionFaults(deployed: DeployedState, { cluster, rollout }: Topology): string[] {
  const to = versionOfImage(cluster.image);
  if (to === undefined) return [];
  const allow = { downgrade: cluster.allowDowngrade, allAtOnce: rollout.mode === "all-at-once" };
  return runningVersions(deployed).flatMap((from) => {
    const fault = versionChangeFault(from, to, allow);
    return fault === undefined ? [] : [`cluster.image: ${fault}`];
  });
}

/** Each version once. An update that failed half-way leaves more than one. */
function runningVersions({ servers }: DeployedState): string[] {
  const versions = [...servers.values()].map(({ version }) => version).filter((version) => version !== "");
  return [...new Set(versions)].sort();
}
