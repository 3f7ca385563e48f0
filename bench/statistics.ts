/** The summary of several timings of the same thing, in seconds. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The middle one; of an even number, the mean of the two in the middle. @throws Error of no values at all */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new Error("there is no median of no values");
  return (low + high) / 2;
}

/** @throws Error of no values at all */
export function summarize(values: readonly number[]): Summary {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** Seconds that each further thing costs, between two numbers of things. */
export function perFurther(fewer: Sized, more: Sized): number {
  return (more.seconds - fewer.seconds) / (more.count - fewer.count);
}

export interface Sized {
  readonly count: number;
  readonly seconds: number;
}
