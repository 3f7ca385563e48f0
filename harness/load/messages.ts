import { createHash } from "node:crypto";

const minBytes = 64;
const maxBytes = 512;
const poolBytes = 65_536;

/** The messages of one run, each known by its number; id and content follow from the seed and the number alone. */
export class Messages {
  readonly seed: string;
  private readonly pool: Buffer;

  constructor(seed: string) {
    this.seed = seed;
    this.pool = createHash("shake256", { outputLength: poolBytes }).update(seed).digest();
  }

  /** What the header Nats-Msg-Id says. */
  id(number: number): string {
    return `${this.seed}-${number}`;
  }

  /** @returns undefined for an id of another run */
  number(id: string): number | undefined {
    return id.startsWith(`${this.seed}-`) ? Number(id.slice(this.seed.length + 1)) : undefined;
  }

  /** 64 to 512 random bytes, no two alike. */
  content(number: number): Buffer {
    const random = mixed(number);
    const size = minBytes + (random % (maxBytes - minBytes + 1));
    const from = (random >>> 9) % (poolBytes - maxBytes);
    const content = Buffer.from(this.pool.subarray(from, from + size));
    content.writeUInt32BE(number);
    return content;
  }
}

/** Spreads neighbouring numbers over 32 bits (the last steps of MurmurHash3). */
function mixed(number: number): number {
  let bits = number + 1;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
