import type { Topology } from "../topology.ts";
import { drops, expiredFaults, phaseFaults } from "./authorities.ts";
import type { DeployedState } from "./deployed-state.ts";
import { lookOf } from "./look.ts";
import { movedFilterFaults } from "./moved-filters.ts";
import { movedAddressFaults, movedPortFaults } from "./moved-places.ts";
import { movedSubjectFaults } from "./moved-subjects-faults.ts";
import { versionChangeFault, versionChangeWarnings, versionOfImage } from "./versions.ts";
import { rotationOf } from "./vpn-keys.ts";

/** An update that can't be made at once from where the last one stopped. */
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

/** What is allowed on the way from the last update to this one, and should be known. */
export function transitionWarnings(deployed: DeployedState, topology: Topology): string[] {
  return [...versionWarnings(deployed, topology), ...movedEngines(deployed, topology)];
}

/** Pulumi goes by its state, which says that all is there already: on the engine of before. */
function movedEngines({ engines }: DeployedState, { hosts }: Topology): string[] {
  return hosts.flatMap(({ id, dockerUrl }) => {
    const before = engines.get(id);
    if (before === undefined || before === dockerUrl) return [];
    return [
      `hosts.${id} has another Docker engine than in the last update (${before}, now ${dockerUrl ?? "this machine's own"}). ` +
        "If that is another machine, and not another way to the same one, what this update shows as unchanged is not " +
        "there: run `pulumi up --refresh`, which looks and makes it",
    ];
  });
}

function versionWarnings(deployed: DeployedState, { cluster }: Topology): string[] {
  const to = versionOfImage(cluster.image);
  if (to !== undefined) return runningVersions(deployed).flatMap((from) => versionChangeWarnings(from, to));
  return [
    `cluster.image ${cluster.image} does not name a version such as 2.15.1, so nobody checks whether it may follow the ` +
      "one that runs; use a tag with all three numbers",
  ];
}

/**
 * What the way from the last update to this one must not do, found before anything is touched. What only the servers
 * know is checked by the provider.
 * @throws ForbiddenTransition naming every reason at once
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
 * Until every server has loaded it, the ports speak what they spoke before, and only the node of each goes by that. What
 * asks the servers beforehand would not be let in.
 */
function clientTlsFaults(deployed: DeployedState, topology: Topology): string[] {
  const { servers } = deployed;
  const { cluster, tls } = topology;
  const from = [...servers.values()].find(({ clientTls }) => clientTls !== cluster.clientTls)?.clientTls;
  if (from === undefined) return [];
  const reasons = [
    ...(lookOf(deployed, topology).restarting.length > 0 ? ["servers are to restart"] : []),
    ...(drops(deployed, tls.authorities) ? ["an authority is to go"] : []),
  ];
  if (reasons.length === 0) return [];
  return [
    `tls.clients: ${from} becomes ${cluster.clientTls} in the same update in which ${reasons.join(" and ")}, and the ` +
      "servers are asked before that. Make two updates of it, in whichever order",
  ];
}

/** What was never there can't be left as it is. */
function skipFaults({ servers }: DeployedState, { pods, rollout }: Topology): string[] {
  return pods
    .filter(({ id, serverName }) => rollout.skip.includes(id) && !servers.has(serverName))
    .map(
      ({ id }) =>
        `rollout.skip: the pod ${id} was never up, so it can't be left as it is; take it out of \`pods\` until its ` +
        "host can be reached, or bring it up",
    );
}

function vpnFaults({ keys }: DeployedState, { hosts, vpn }: Topology): string[] {
  const skip = hosts.filter(({ skip }) => skip).map(({ id }) => id);
  return vpn === undefined ? [] : [...rotationOf(keys, vpn, skip).faults];
}

/** The VPN takes all new addresses at once, and a server listens on its old one until its turn. */
function moveFaults({ servers }: DeployedState, { pods, rollout }: Topology): string[] {
  const moved = pods.filter(({ serverName, networks, published }) => {
    const before = servers.get(serverName)?.clusterAddress;
    return networks === undefined && before !== undefined && !before.startsWith(`${published.address}:`);
  });
  const hosts = [...new Set(moved.map(({ hostId }) => hostId))];
  if (hosts.length < 2 || rollout.mode !== "rolling") return [];
  return [
    `hosts: ${hosts.join(", ")} would get other addresses in the VPN in one update, and their servers could not be ` +
      "reached until their turns come: none would come, for want of a majority. Make an update of each, or say " +
      "rollout: all-at-once for this one",
  ];
}

/** The servers would find nothing of what they agreed on, and delete every stream after 30 s as one that nobody has. */
function accountFaults(
  { systemAccount: before }: DeployedState,
  { cluster: { systemAccount: now } }: Topology,
): string[] {
  if (before === undefined || before === now) return [];
  return [
    `cluster.systemAccount: ${before} becomes ${now}, and the servers would delete every stream: what is on their disks ` +
      `was written under ${before}. Put that back; a stack keeps the account that it began with`,
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

/** Each once; an update that died half-way leaves more than one. */
function runningVersions({ servers }: DeployedState): string[] {
  const versions = [...servers.values()].map(({ version }) => version).filter((version) => version !== "");
  return [...new Set(versions)].sort();
}
