import type { MeshPeer } from "../../model/contract/mesh.ts";
import type { Heard } from "./mesh-script.ts";

/** What one host answered, or why it could not be asked. */
export type Look = { readonly heard: Heard } | { readonly failure: string };

/** WireGuard itself throws a session away that is older: https://www.wireguard.com/papers/wireguard.pdf, section 6.1 */
const oldestHandshakeSeconds = 180;

export interface Verdict {
  /** Each names the host, or the way from one to another, and what is wrong with it. */
  readonly faults: readonly string[];
  /** Ids of the hosts to which some way is broken. */
  readonly unreached: readonly string[];
}

/** @param looks by host id */
export function verdictOn(peers: readonly MeshPeer[], looks: ReadonlyMap<string, Look>): Verdict {
  const faults: string[] = [];
  const unreached = new Set<string>();
  for (const from of peers) {
    const look = looks.get(from.hostId) ?? { failure: "was not asked" };
    if ("failure" in look) {
      faults.push(`${from.hostId} could not be asked: ${look.failure}`);
      continue;
    }
    if (look.heard.handshakes === undefined) {
      faults.push(`${from.hostId} has no interface for the VPN`);
      continue;
    }
    for (const to of peers.filter((other) => other !== from)) {
      const problems = problemsOf(look.heard, look.heard.handshakes, to);
      if (problems.length === 0) continue;
      faults.push(`${from.hostId} → ${to.hostId}: ${problems.join(", ")}`);
      if (look.heard.handshakes.has(to.publicKey)) unreached.add(to.hostId);
    }
  }
  return { faults, unreached: [...unreached].sort() };
}

function problemsOf(
  { nowSeconds, answered }: Heard,
  handshakes: ReadonlyMap<string, number>,
  { address, publicKey }: MeshPeer,
): string[] {
  const problems: string[] = [];
  const handshake = handshakes.get(publicKey);
  if (handshake === undefined) problems.push("it does not know the VPN key of that host");
  else if (handshake === 0) problems.push("no handshake");
  else if (nowSeconds - handshake >= oldestHandshakeSeconds)
    problems.push(`no handshake for ${nowSeconds - handshake} s`);
  if (!answered.has(address)) problems.push(`no answer from ${address}`);
  return problems;
}

/** What to do about ways that stay broken. */
export function mendOf(peers: readonly MeshPeer[], { unreached }: Verdict): string {
  const endpoints = peers
    .filter(({ hostId }) => unreached.includes(hostId))
    .map(({ hostId, endpoint }) => `${hostId} at ${endpoint}`);
  const ways =
    endpoints.length === 0
      ? ""
      : "Check that the other hosts reach these addresses, and that every firewall on the way, also the provider's, lets " +
        `UDP in there: ${endpoints.join(", ")}. If a host's clock was set back, the other hosts refuse its handshakes ` +
        "(`timedatectl` shows the clock). ";
  return (
    `${ways}Fix that and run \`pulumi up\` again. To go on without a host that you can't fix now, run ` +
    "`npm run up -- STACK --skip POD`"
  );
}
