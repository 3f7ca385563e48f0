import { type Summary, summarize } from "./statistics.ts";

/** What is timed, in this order: each step finds what the one before left. */
export const steps = ["cold up", "no-op up", "look after up", "no-op preview", "down"] as const;
export type Step = (typeof steps)[number];
/** A part of `npm run up` that is no process of its own, and that no other tool has. */
export type PartStep = "look after up";
export type CommandStep = Exclude<Step, PartStep>;

/** Timings in seconds, by who was timed and in which step. */
export class Samples {
  private readonly values = new Map<string, Map<Step, number[]>>();

  add(who: string, step: Step, seconds: number): void {
    const own = this.values.get(who) ?? new Map<Step, number[]>();
    this.values.set(who, own.set(step, [...(own.get(step) ?? []), seconds]));
  }

  /** In the order in which they were first timed. */
  get names(): string[] {
    return [...this.values.keys()];
  }

  seconds(who: string, step: Step): readonly number[] {
    return this.values.get(who)?.get(step) ?? [];
  }

  /** undefined: it was not timed. */
  summary(who: string, step: Step): Summary | undefined {
    const seconds = this.seconds(who, step);
    return seconds.length === 0 ? undefined : summarize(seconds);
  }
}
