/** Generations of the VPN's keys, as the configuration has them. */
export interface VpnGenerations {
  /** By host id. */
  readonly hosts: Readonly<Record<string, number>>;
  readonly presharedKeys: number;
}

/** What is to be rotated: everything, the preshared keys, or one host's private key. */
export type VpnScope = "all" | "preshared" | { readonly hostId: string };

/** One update of a rotation. */
export interface VpnStep {
  /** Path below the project's namespace. */
  readonly path: string;
  readonly generation: number;
  readonly says: string;
}

/**
 * The updates of a rotation; only the configuration decides. A rotation of everything brings all keys to one number, so an
 * interrupted rotation goes on with the keys that are behind.
 */
export function vpnSteps({ hosts, presharedKeys }: VpnGenerations, scope: VpnScope): VpnStep[] {
  if (scope === "preshared") return [presharedStep(presharedKeys + 1)];
  if (scope !== "all") return [hostStep(scope.hostId, (hosts[scope.hostId] ?? 0) + 1)];
  const all = [presharedKeys, ...Object.values(hosts)];
  const highest = Math.max(...all);
  const target = all.every((generation) => generation === highest) ? highest + 1 : highest;
  return [
    ...(presharedKeys < target ? [presharedStep(target)] : []),
    ...Object.entries(hosts)
      .filter(([, generation]) => generation < target)
      .map(([hostId]) => hostStep(hostId, target))
      .sort((left, right) => (left.path < right.path ? -1 : 1)),
  ];
}

function presharedStep(generation: number): VpnStep {
  return {
    path: "wireguard.presharedKeyGeneration",
    generation,
    says: "every two hosts get a new preshared key",
  };
}

function hostStep(hostId: string, generation: number): VpnStep {
  return {
    path: `wireguard.keyGenerations.${hostId}`,
    generation,
    says: `${hostId} gets a new private key, then the other hosts get its public key`,
  };
}
