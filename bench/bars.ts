import { ours, terraform } from "./names.ts";
import type { Samples, Step } from "./samples.ts";
import { perFurther, type Sized } from "./statistics.ts";

/** A limit that this project set itself, and how it stands. */
export interface Bar {
  readonly name: string;
  /** Not above this. */
  readonly limit: number;
  readonly unit: "×" | "s";
  /** undefined: there is no measurement. */
  readonly measured: number | undefined;
}

/** The slowest cold start against the usual one: two modes, as peers with long timeouts have, are 1.6 apart. */
const oneMode = 1.4;

export function barsOf(samples: Samples): Bar[] {
  return [
    ratio("cold up / Terraform's", 1.6, samples, "cold up"),
    { name: "cold up, slowest / median", limit: oneMode, unit: "×", measured: slowest(samples) },
    {
      name: "look after up",
      limit: 0.5,
      unit: "s",
      measured: samples.summary(ours, "look after up")?.median,
    },
    ratio("no-op preview / terraform plan", 1.1, samples, "no-op preview"),
    ratio("down / terraform destroy", 1.5, samples, "down"),
  ];
}

/** @param streams medians of a cold `up`, by number of streams */
export function scaleBars(streams: readonly Sized[]): Bar[] {
  const pairs = streams.slice(1).map((more, index) => ({ fewer: streams[index] ?? more, more }));
  return pairs.map(({ fewer, more }) => ({
    name: `a further stream, ${fewer.count} to ${more.count}`,
    limit: 0.15,
    unit: "s",
    measured: perFurther(fewer, more),
  }));
}

export function passes(bar: Bar): boolean | undefined {
  return bar.measured === undefined ? undefined : bar.measured <= bar.limit;
}

function ratio(name: string, limit: number, samples: Samples, step: Step): Bar {
  const [own, others] = [samples.summary(ours, step), samples.summary(terraform, step)];
  const measured = own === undefined || others === undefined ? undefined : own.median / others.median;
  return { name, limit, unit: "×", measured };
}

function slowest(samples: Samples): number | undefined {
  const own = samples.summary(ours, "cold up");
  return own === undefined ? undefined : own.max / own.median;
}
