import { isIPv4 } from "node:net";

/** A range of IPv4 addresses, from the first to the last, as numbers. */
export interface Prefix {
  readonly first: number;
  readonly last: number;
}

/** Reads `10.0.1.0/24`; undefined where it is none, or where it has bits behind its length. */
export function parsePrefix(text: string): Prefix | undefined {
  const [, address = "", length = ""] = /^([\d.]+)\/(\d|[12]\d|3[0-2])$/.exec(text) ?? [];
  if (!isIPv4(address)) return undefined;
  const first = numberOf(address);
  const size = 2 ** (32 - Number(length));
  return first % size === 0 ? { first, last: first + size - 1 } : undefined;
}

/** @param address an IPv4 address */
export function contains({ first, last }: Prefix, address: string): boolean {
  const number = numberOf(address);
  return first <= number && number <= last;
}

export function overlap(left: Prefix, right: Prefix): boolean {
  return left.first <= right.last && right.first <= left.last;
}

export function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
