import { read, writeSync } from "node:fs";

/**
 * A long cable in user space, for kernels without netem: every frame that comes in goes out again later, or is lost.
 * Run as `node cable.ts '{"delayMs":…}'` with a TAP device as file descriptor 3; it ends when the device is removed.
 */
export interface CableSettings {
  /** Of each frame, in milliseconds. */
  readonly delayMs: number;
  /** Of all frames, by chance. */
  readonly lossPercent: number;
  /** Of the loss: the same seed loses the same frames of a sequence. */
  readonly seed: number;
  /** Hardware address at which a frame comes in → the one that it goes out to. */
  readonly targets: Readonly<Record<string, string>>;
}

const tap = 3;
const largestFrameBytes = 65_536;

/** Uniform in [0, 1). Mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The frame as it goes out, or undefined if it is for no host on this cable. */
export function readdressed(frame: Buffer, targets: ReadonlyMap<string, Buffer>): Buffer | undefined {
  const target = targets.get(frame.toString("hex", 0, 6));
  if (target === undefined) return undefined;
  const copy = Buffer.from(frame);
  target.copy(copy);
  return copy;
}

function hardwareAddress(text: string): Buffer {
  return Buffer.from(text.replaceAll(":", ""), "hex");
}

function carry({ delayMs, lossPercent, seed, targets }: CableSettings): void {
  const byAddress = new Map(
    Object.entries(targets).map(([from, to]) => [hardwareAddress(from).toString("hex"), hardwareAddress(to)]),
  );
  const random = chance(seed);
  const waiting: { readonly dueMs: number; readonly frame: Buffer }[] = [];
  const deliver = () => {
    for (
      let first = waiting[0];
      first !== undefined && first.dueMs <= performance.now();
      first = waiting[0]
    ) {
      writeSync(tap, first.frame);
      waiting.shift();
    }
    const next = waiting[0];
    if (next !== undefined) setTimeout(deliver, next.dueMs - performance.now());
  };
  const take = (frame: Buffer) => {
    const out = readdressed(frame, byAddress);
    if (out === undefined || random() * 100 < lossPercent) return;
    waiting.push({ dueMs: performance.now() + delayMs, frame: out });
    if (waiting.length === 1) setTimeout(deliver, delayMs);
  };
  const buffer = Buffer.alloc(largestFrameBytes);
  const next = () =>
    read(tap, buffer, 0, buffer.length, null, (error, bytes) => {
      // The device is gone: the cable is pulled out.
      if (error !== null) process.exit(0);
      take(buffer.subarray(0, bytes));
      next();
    });
  next();
}

const [settings] = process.argv.slice(2);
if (process.argv[1]?.endsWith("cable.ts") && settings !== undefined) carry(JSON.parse(settings));
