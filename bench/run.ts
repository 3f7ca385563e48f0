import type { Contender } from "./contender.ts";
import { type Job, mustBeDone, mustBeGone } from "./done.ts";
import { timed, timedPart } from "./process.ts";
import { Samples, type Step, steps } from "./samples.ts";

export interface RunOptions {
  /** Measured runs, after one that is not counted. */
  readonly runs: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Every contender in turn, run by run, so that what slows the machine for a while slows all of them. */
export async function runAll(
  contenders: readonly Contender[],
  job: Job,
  { runs, signal, say }: RunOptions,
): Promise<Samples> {
  const samples = new Samples();
  for (let run = 0; run <= runs; run += 1) {
    for (const contender of contenders) {
      const seconds = await oneLife(contender, job, signal);
      say(`${run === 0 ? "warm-up" : `run ${run}/${runs}`}  ${contender.name.padEnd(16)}${inShort(seconds)}`);
      if (run > 0) for (const [step, value] of seconds) samples.add(contender.name, step, value);
    }
  }
  return samples;
}

async function oneLife(contender: Contender, job: Job, signal: AbortSignal): Promise<Map<Step, number>> {
  const attempt = await contender.begin();
  const seconds = new Map<Step, number>();
  try {
    for (const step of steps) {
      if (step === "look after up") {
        if (attempt.lookAfterUp !== undefined)
          seconds.set(step, await timedPart(await attempt.lookAfterUp()));
        continue;
      }
      seconds.set(step, await timed(attempt.commands[step], signal));
      if (step !== "down") await mustBeDone(contender.name, attempt, job);
    }
    await mustBeGone(contender.name, attempt);
    return seconds;
  } finally {
    await attempt.dispose();
  }
}

function inShort(seconds: ReadonlyMap<Step, number>): string {
  return [...seconds].map(([step, value]) => `${step} ${value.toFixed(2)} s`).join(", ");
}
