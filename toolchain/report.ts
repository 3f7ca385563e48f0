/** Tells a person at a terminal, or a log, what set-up does, how far it is and about how long the rest takes. */

export type PlannedStep = {
  /** What is done, as in "building pulumi from Go modules". */
  title: string;
  /** About how long it takes, in seconds. */
  estimateSeconds: number;
};

export type Report = {
  /** A line by itself. */
  info(line: string): void;
  /** Announces the steps that follow, so that each is shown as "[3/7]" with the time left after it. */
  plan(steps: PlannedStep[]): void;
  /**
   * Runs the next step; `note` replaces what is shown while it runs.
   * @returns what `work` returns; its error is passed on after the step was shown as failed
   */
  step<T>(step: PlannedStep, work: (note: (text: string) => void) => Promise<T>): Promise<T>;
};

/** "45 s", "4 min", "1 h 5 min": rounded as an estimate should be. */
export function aboutTime(seconds: number): string {
  if (seconds < 55)
    return `${Math.max(1, seconds < 10 ? Math.round(seconds) : Math.round(seconds / 5) * 5)} s`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "0:07", "3:50": time that has passed. */
export function elapsedTime(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** The line shown while a step runs. */
export function runningLine(step: PlannedStep, place: string, restSeconds: number): string {
  const rest = restSeconds > 0 ? `, the rest about ${aboutTime(restSeconds)}` : "";
  return `${place}${step.title} (about ${aboutTime(step.estimateSeconds)}${rest}) …`;
}

export type Output = { write(text: string): unknown; isTTY?: boolean; columns?: number };

/** In a log, a line tells at this interval that a long step still runs. */
const STILL_RUNNING_MS = 60_000;

/**
 * A report on `output`: one live line per running step at a terminal, plain lines elsewhere.
 * @default output standard error, so that a command's own output stays clean
 */
export function createReport(output: Output = process.stderr): Report {
  const live = output.isTTY === true;
  let planned: PlannedStep[] = [];
  let started = 0;

  const clear = () => live && output.write("\r\u001b[2K");
  const print = (line: string) => {
    clear();
    output.write(`${line}\n`);
  };
  const showLive = (line: string) => output.write(`\r\u001b[2K${line.slice(0, (output.columns ?? 80) - 1)}`);

  return {
    info: print,
    plan(steps) {
      planned = steps;
      started = 0;
    },
    async step(step, work) {
      started += 1;
      const total = Math.max(planned.length, started);
      const place = planned.length > 0 ? `[${started}/${total}] ` : "";
      const restSeconds = planned
        .slice(started)
        .reduce((sum, { estimateSeconds }) => sum + estimateSeconds, 0);
      const begin = performance.now();
      const passed = () => elapsedTime(performance.now() - begin);
      let shown = runningLine(step, place, restSeconds);
      const tick = () => (live ? showLive(`${passed()} ${shown}`) : print(`${shown} ${passed()}`));
      if (live) tick();
      else print(shown);
      const timer = setInterval(tick, live ? 1000 : STILL_RUNNING_MS);
      const note = (text: string) => {
        shown = `${place}${step.title}: ${text}`;
        if (live) tick();
      };
      try {
        const result = await work(note);
        print(`${place}${step.title}: done in ${passed()}`);
        return result;
      } catch (error) {
        print(`${place}${step.title}: failed after ${passed()}`);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
  };
}
