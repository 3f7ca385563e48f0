import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bar, passes } from "./bars.ts";
import type { Contender } from "./contender.ts";
import { type Samples, steps } from "./samples.ts";
import type { ScaleResult } from "./scale.ts";
import { summarize } from "./statistics.ts";

export interface Results {
  readonly contenders: readonly Contender[];
  readonly samples: Samples;
  readonly scale: readonly ScaleResult[];
  readonly bars: readonly Bar[];
}

/** Everything that was measured, on what machine, as plain data; times are in seconds. */
export function asJson({ contenders, samples, scale, bars }: Results, when: Date): unknown {
  return {
    when: when.toISOString(),
    machine: machine(),
    contenders: contenders.map(({ name, note }) => ({
      name,
      note,
      seconds: Object.fromEntries(
        steps.map((step) => [step, { ...samples.summary(name, step), all: samples.seconds(name, step) }]),
      ),
    })),
    scale: scale.map(({ of, sizes }) => ({
      of,
      sizes: sizes.map(({ count, up, noOp }) => ({
        count,
        up: { ...summarize(up), all: up },
        noOp: { ...summarize(noOp), all: noOp },
      })),
    })),
    bars: bars.map((bar) => ({ ...bar, passes: passes(bar) })),
  };
}

function machine() {
  const processors = cpus();
  return {
    system: `${type()} ${release()}`,
    processor: processors[0]?.model ?? "unknown",
    cores: processors.length,
    memoryBytes: totalmem(),
    node: process.version,
  };
}

/** @returns the file's path */
export function writeResults(results: unknown, when: Date): string {
  const folder = fileURLToPath(new URL("results", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${when.toISOString().replaceAll(":", "-").slice(0, 19)}.json`);
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  return file;
}
