import { quoted } from "../../model/ssh.ts";

/** What one host says of its way to the others. */
export interface Heard {
  /** Its clock, in seconds since the epoch. */
  readonly nowSeconds: number;
  /** When it last shook hands with whom, in seconds since the epoch, by public key; 0 is never. undefined: no interface. */
  readonly handshakes: ReadonlyMap<string, number> | undefined;
  /** VPN addresses that answered. */
  readonly answered: ReadonlySet<string>;
}

/** How long one question to another host may take. */
const pingSeconds = 2;

/**
 * A POSIX shell script for root that asks all other hosts at once, and then tells with whom this one has shaken hands:
 * it is the question that makes WireGuard do so. No key but public ones is shown
 * (https://man7.org/linux/man-pages/man8/wg.8.html).
 * @param addresses of the others, inside the VPN
 */
export function meshScript(interfaceName: string, addresses: readonly string[]): string {
  const name = quoted(interfaceName);
  return [
    "command -v ping >/dev/null || { echo 'ping is missing; install iputils-ping' >&2; exit 1; }",
    `ask() { if ping -n -q -c 1 -W ${pingSeconds} -I ${name} "$1" >/dev/null 2>&1; then echo "answer $1"; fi; }`,
    ...addresses.map((address) => `ask ${quoted(address)} &`),
    "wait",
    'echo "now $(date +%s)"',
    `if wg show ${name} latest-handshakes 2>/dev/null; then echo interface; fi`,
  ].join("\n");
}

/** Reads what {@link meshScript} prints; undefined where it is something else. */
export function parseHeard(stdout: string): Heard | undefined {
  const lines = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  const valuesOf = (word: string) =>
    lines.flatMap(([first, second]) => (first === word && second !== undefined ? [second] : []));
  const nowSeconds = Number(valuesOf("now")[0]);
  if (!Number.isInteger(nowSeconds)) return undefined;
  const isThere = lines.some(([first]) => first === "interface");
  const handshakes = lines.flatMap(([key = "", seconds = ""]): [string, number][] =>
    /^[A-Za-z0-9+/]{43}=$/.test(key) && /^\d+$/.test(seconds) ? [[key, Number(seconds)]] : [],
  );
  return {
    nowSeconds,
    handshakes: isThere ? new Map(handshakes) : undefined,
    answered: new Set(valuesOf("answer")),
  };
}
