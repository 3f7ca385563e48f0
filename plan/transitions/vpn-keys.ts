import { tlsTypes } from "../../model/resource-types.ts";
import { parseUrn } from "../../model/urn.ts";
import { resourceNames } from "../resource-names.ts";
import type { VpnPlan } from "../vpn-plan.ts";

/** Keys of the VPN that the last updates have left in the state, by what they were made for. */
export interface DeployedKeys {
  /** By host id: generations of its private key; more than one where an update ended half-way. */
  readonly hosts: ReadonlyMap<string, readonly number[]>;
  /** Generations of preshared keys, each once. */
  readonly presharedKeys: readonly number[];
}

/** Names of all keys among resources of a state, for {@link deployedKeys}. */
export function keyNames(resources: Iterable<{ readonly urn: string; readonly type: string }>): string[] {
  return [...resources]
    .filter(({ type }) => type === tlsTypes.privateKey)
    .map(({ urn }) => parseUrn(urn).name);
}

/** @param names of all keys in the state; names of other keys are ignored */
export function deployedKeys(names: Iterable<string>): DeployedKeys {
  const hosts = new Map<string, number[]>();
  const presharedKeys = new Set<number>();
  for (const name of names) {
    const own = resourceNames.hostKey.parse(name);
    const shared = resourceNames.sharedKey.parse(name);
    if (own !== undefined) hosts.set(own.hostId, [...(hosts.get(own.hostId) ?? []), own.generation]);
    if (shared !== undefined) presharedKeys.add(shared.generation);
  }
  return { hosts, presharedKeys: [...presharedKeys].sort((left, right) => left - right) };
}

export interface Rotation {
  /**
   * The host whose private key changes in this update, or changed in an update that ended half-way. The host must take
   * its new key before the other hosts know that key: in the other order the VPN is cut for seconds.
   */
  readonly rotated: string | undefined;
  /** Why keys can't change as planned in one update. */
  readonly faults: readonly string[];
}

/** @param skip ids of the hosts that this update leaves as they are */
export function rotationOf(deployed: DeployedKeys, plan: VpnPlan, skip: readonly string[]): Rotation {
  const rotated = rotatedHosts(deployed, plan.peers);
  return {
    rotated: rotated[0],
    faults: [...tooMany(rotated, deployed), ...skipFaults(rotated, deployed, plan, skip)],
  };
}

/** Hosts whose rotation is half-way come first. */
function rotatedHosts(deployed: DeployedKeys, peers: VpnPlan["peers"]): string[] {
  const rotated = peers.filter(({ hostId, keyGeneration }) =>
    deployed.hosts.get(hostId)?.some((generation) => generation !== keyGeneration),
  );
  const ids = rotated.map(({ hostId }) => hostId);
  const half = (id: string) => isHalfDone(deployed.hosts.get(id));
  return [...ids.filter(half), ...ids.filter((id) => !half(id))];
}

function tooMany([first, ...others]: readonly string[], { hosts }: DeployedKeys): string[] {
  if (others.length === 0) return [];
  const back = others.map((id) => `wireguard.keyGenerations.${id} back to ${hosts.get(id)?.[0]}`);
  return [
    `wireguard.keyGenerations: the private keys of ${[first, ...others].join(", ")} would change in one update, and the VPN between them ` +
      `would be cut for up to 15 s; allowed is one host in each update. Set ${back.join(", and ")}, run \`pulumi up\` ` +
      `until ${first} is done, and then change the next host`,
  ];
}

/** A skipped host does not get a new key, and would be cut off. A rotation that is half-way must still be finished. */
function skipFaults(
  rotated: readonly string[],
  { hosts, presharedKeys }: DeployedKeys,
  plan: VpnPlan,
  skip: readonly string[],
): string[] {
  const skipped = plan.peers.map(({ hostId }) => hostId).filter((id) => skip.includes(id));
  const known = skipped.filter((id) => hosts.has(id));
  const unknown = skipped.filter((id) => !hosts.has(id));
  const faults = unknown.map(
    (id) => `hosts.${id}: was never in the VPN, so an update can't skip it; remove it from the configuration`,
  );
  if (known.length === 0) return faults;
  const why = `can't change while rollout.skip skips ${known.join(", ")}: a skipped host does not get the new key, and would be cut off; keep the old number until every host can be reached`;
  for (const id of rotated) {
    if (!isHalfDone(hosts.get(id))) faults.push(`wireguard.keyGenerations.${id}: ${why}`);
  }
  const [held, ...more] = presharedKeys;
  if (more.length === 0 && held !== undefined && held !== plan.presharedKeyGeneration)
    faults.push(`wireguard.presharedKeyGeneration: ${why}`);
  return faults;
}

function isHalfDone(generations: readonly number[] = []): boolean {
  return generations.length > 1;
}
