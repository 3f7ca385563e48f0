/** IPv4 addresses that begin with the same bits. */
export interface Prefix {
  /** First address, as a number without sign. */
  readonly first: number;
  readonly length: number;
}

/**
 * Reads `10.0.1.0/24`; a bare address is a prefix of 32 bits, and `default` one of none. Host bits are cut off.
 * @returns undefined for anything else
 */
export function parsePrefix(text: string): Prefix | undefined {
  if (text === "default") return { first: 0, length: 0 };
  const [, address = "", bits = "32"] = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?$/.exec(text) ?? [];
  const bytes = address.split(".").map(Number);
  const length = Number(bits);
  if (bytes.length !== 4 || bytes.some((byte) => byte > 255) || length > 32) return undefined;
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const size = 2 ** (32 - length);
  return { first: value - (value % size), length };
}

/** Whether an address is in both. One of two that overlap contains the other. */
export function overlap(left: Prefix, right: Prefix): boolean {
  const size = 2 ** (32 - Math.min(left.length, right.length));
  return left.first - (left.first % size) === right.first - (right.first % size);
}
