import type { Attempt } from "./contender.ts";
import { type Job, mustBeDone } from "./done.ts";
import { ours } from "./names.ts";
import { timed } from "./process.ts";
import { beginStack } from "./pulumi.ts";
import type { RunOptions } from "./run.ts";

/** Timings in seconds at several sizes. */
export interface ScaleResult {
  readonly of: "streams" | "pods";
  readonly sizes: readonly { readonly count: number; readonly up: number[]; readonly noOp: number[] }[];
}

interface Size {
  readonly count: number;
  readonly job: Job;
  begin(): Promise<Attempt>;
}

/** The catalogue's own, with three pods. */
const catalogued = { streams: 5, consumers: 4 };
const podIds = ["dk", "no", "se", "fi", "is", "de", "nl", "be", "fr"];

export async function streamScale(options: RunOptions): Promise<ScaleResult> {
  const sizes = [5, 50, 200].map((count) => ({
    count,
    job: { ...catalogued, streams: count },
    begin: () => beginStack({ streams: furtherStreams(count - catalogued.streams) }),
  }));
  return measure("streams", sizes, options);
}

export async function podScale(options: RunOptions): Promise<ScaleResult> {
  const sizes = [3, 5, 9].map((count) => ({
    count,
    // Each pod brings a stream and a consumer.
    job: { streams: count + 2, consumers: count + 1 },
    begin: () => beginStack({}, podIds.slice(0, count)),
  }));
  return measure("pods", sizes, options);
}

/** The configuration's `streams` section: plain streams of one copy, wherever the cluster puts them. */
export function furtherStreams(count: number): Record<string, { readonly subjects: readonly string[] }> {
  const numbers = Array.from({ length: count }, (_, index) => String(index + 1).padStart(3, "0"));
  return Object.fromEntries(
    numbers.map((number) => [`BENCH_${number}`, { subjects: [`bench.${number}.>`] }]),
  );
}

async function measure(
  of: ScaleResult["of"],
  sizes: readonly Size[],
  { runs, signal, say }: RunOptions,
): Promise<ScaleResult> {
  const result = sizes.map(({ count }) => ({ count, up: [] as number[], noOp: [] as number[] }));
  for (let run = 1; run <= runs; run += 1) {
    for (const [index, size] of sizes.entries()) {
      const { up, noOp } = await oneSize(size, signal);
      say(
        `run ${run}/${runs}  ${size.count} ${of}: cold up ${up.toFixed(2)} s, no-op up ${noOp.toFixed(2)} s`,
      );
      result[index]?.up.push(up);
      result[index]?.noOp.push(noOp);
    }
  }
  return { of, sizes: result };
}

async function oneSize({ begin, job }: Size, signal: AbortSignal): Promise<{ up: number; noOp: number }> {
  const attempt = await begin();
  try {
    const up = await timed(attempt.commands["cold up"], signal);
    await mustBeDone(ours, attempt, job);
    return { up, noOp: await timed(attempt.commands["no-op up"], signal) };
  } finally {
    await attempt.dispose();
  }
}
