/**
 * JetStream's API speaks of durations in nanoseconds; this project in seconds. From 104 days on a JavaScript number
 * has no room for every nanosecond, so that long ones are told in milliseconds.
 */
export function toNanoseconds(seconds: number): number {
  return Math.round(seconds * 1e9);
}

export function toSeconds(nanoseconds: number): number {
  return nanoseconds > Number.MAX_SAFE_INTEGER ? Math.round(nanoseconds / 1e6) / 1e3 : nanoseconds / 1e9;
}
