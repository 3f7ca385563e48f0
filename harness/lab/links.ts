/** What becomes of the traffic between hosts. Traffic with this machine, SSH among it, is never touched. */
export interface Links {
  /** Pairs of hosts by id: nothing gets from the first to the second. */
  readonly cut: readonly (readonly [from: string, to: string])[];
  readonly slow: Slowness | undefined;
}

export interface Slowness {
  /** Added to each packet, on its way there and on its way back. */
  readonly delayMs: number;
  /** Of the packets of each direction. */
  readonly lossPercent: number;
  /** Of the loss. */
  readonly seed: number;
}

/** A host's place on the network. */
export interface Place {
  readonly id: string;
  readonly address: string;
}

export const healthy: Links = { cut: [], slow: undefined };

/** A host's own hardware address: always the same, so that faults outlast its restart. */
export function hardwareAddressOf(address: string): string {
  return withPrefix("02:4c", address);
}

/** Where frames for a host go that have to take the long cable. */
export function cableAddressOf(address: string): string {
  return withPrefix("06:4c", address);
}

function withPrefix(prefix: string, address: string): string {
  const bytes = address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  return [prefix, ...bytes].join(":");
}

/** Name of the network device that a lab's long cable ends in; at most 15 characters. */
export function cableDevice(prefix: string): string {
  return `${prefix}-c`;
}

/**
 * Input of `nft -f` that replaces the lab's table by one that makes these faults. It stands on this machine's bridge
 * and goes by address: a host that restarts changes nothing. https://wiki.nftables.org/wiki-nftables/index.php/Bridge_filtering
 */
export function ruleset(prefix: string, places: readonly Place[], { cut, slow }: Links): string {
  const addressOf = (id: string) => places.find((place) => place.id === id)?.address;
  const drops = cut.map(([from, to]) => `    ip saddr ${addressOf(from)} ip daddr ${addressOf(to)} drop`);
  const all = places.map(({ address }) => address).join(", ");
  const detours = places.map(
    ({ address }) =>
      `    iifname != "${cableDevice(prefix)}" ip saddr { ${all} } ip daddr ${address} ether daddr set ${cableAddressOf(address)}`,
  );
  return [
    // Deleting one that is not there would be an error.
    `table bridge ${prefix}`,
    `delete table bridge ${prefix}`,
    `table bridge ${prefix} {`,
    "  chain cut {",
    "    type filter hook forward priority filter; policy accept;",
    ...drops,
    "  }",
    "  chain slow {",
    "    type filter hook prerouting priority dstnat; policy accept;",
    ...(slow === undefined ? [] : detours),
    "  }",
    "}",
    "",
  ].join("\n");
}
