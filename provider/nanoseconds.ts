/** JetStream's API speaks of durations in nanoseconds; this project in seconds. */
const perSecond = 1e9;

export function toNanoseconds(seconds: number): number {
  return Math.round(seconds * perSecond);
}

export function toSeconds(nanoseconds: number): number {
  return nanoseconds / perSecond;
}
