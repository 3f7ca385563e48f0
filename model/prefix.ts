import { isIPv4 } from "./ipv4.ts";

/** IPv4 addresses that begin with the same bits, from the first to the last, as numbers without sign. */
export interface Prefix {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads what `ip` shows: `10.0.1.7/24` with its host bits cut off, a bare address as a prefix of one, and `default` as
 * that of all.
 * @returns undefined for anything else
 */
export function parsePrefix(text: string): Prefix | undefined {
  if (text === "default") return { first: 0, last: 2 ** 32 - 1 };
  const [, address = "", length = "32"] = /^([\d.]+)(?:\/(\d|[12]\d|3[0-2]))?$/.exec(text) ?? [];
  if (!isIPv4(address)) return undefined;
  const size = 2 ** (32 - Number(length));
  const value = numberOf(address);
  const first = value - (value % size);
  return { first, last: first + size - 1 };
}

/** Reads `10.0.1.0/24`; undefined where it is none, or where it has bits behind its length. */
export function parseNetwork(text: string): Prefix | undefined {
  const prefix = text.includes("/") ? parsePrefix(text) : undefined;
  return prefix?.first === numberOf(text.split("/")[0] ?? "") ? prefix : undefined;
}

/** @param address an IPv4 address */
export function contains({ first, last }: Prefix, address: string): boolean {
  const number = numberOf(address);
  return first <= number && number <= last;
}

/** Whether an address is in both. */
export function overlap(left: Prefix, right: Prefix): boolean {
  return left.first <= right.last && right.first <= left.last;
}

/** @param address an IPv4 address */
export function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
