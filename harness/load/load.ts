import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { LoadTarget } from "./connections.ts";
import type { LoadFigures, LoadReport } from "./figures.ts";
import type { Answer, Call } from "./generator.ts";
import type { RunPlan } from "./run.ts";

/** A load that runs in a process of its own, so that the test's work does not stall it. */
export interface Load {
  /** Figures since the last call, or the start. */
  measure(): Promise<LoadFigures>;
  /**
   * Stops publishing, waits until every consumer has had everything (up to 2 minutes), compares what the stream has with
   * what was acknowledged, deletes the consumers and ends the process.
   */
  stop(): Promise<LoadReport>;
  /** Kills the process, whatever it is doing; for `afterAll`. */
  kill(): void;
}

interface Options {
  /** Over all pods; 600 by default. */
  readonly publishesPerSecond?: number;
  /** The replicated stream that takes `global.load.>`; GLOBAL_EVENTS by default. */
  readonly stream?: string;
}

/**
 * Starts a load: paced publishes that are acknowledged, on two connections to each pod, a durable consumer of each
 * pod that sees them all, and core requests from each pod to each other.
 * @returns when it publishes
 */
export async function startLoad(target: LoadTarget, options: Options = {}): Promise<Load> {
  const { publishesPerSecond = 600, stream = "GLOBAL_EVENTS" } = options;
  const generator = new Generator();
  try {
    await generator.start({ target, publishesPerSecond, stream });
  } catch (error) {
    generator.kill();
    throw error;
  }
  return {
    measure: () => generator.ask<LoadFigures>("measure"),
    stop: async () => {
      try {
        return await generator.ask<LoadReport>("stop");
      } finally {
        generator.kill();
      }
    },
    kill: () => generator.kill(),
  };
}

type Question = "measure" | "stop";
type Settle = (answer: Answer) => void;

/** The other process, with each call answered by a promise. */
class Generator {
  private readonly child: ChildProcess;
  private readonly open = new Map<number, Settle>();
  private calls = 0;
  private said = "";
  private ended: string | undefined;

  constructor() {
    this.child = fork(join(import.meta.dirname, "generator.ts"), {
      execArgv: ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.said += text;
    });
    this.child.on("message", (answer: Answer) => this.settle(answer));
    // Not at its exit: what it wrote before may be still on the way.
    this.child.on("close", (code, signal) => this.end(`${signal ?? `code ${code}`}`));
    this.child.on("error", (error) => this.end(error.message));
  }

  async start(plan: RunPlan): Promise<void> {
    await this.call((id) => ({ id, call: "start", plan }));
  }

  async ask<T>(question: Question): Promise<T> {
    return (await this.call((id) => ({ id, call: question }))) as T;
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }

  private call(make: (id: number) => Call): Promise<unknown> {
    const id = ++this.calls;
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) throw new Error(this.ended);
      this.open.set(id, (answer) =>
        "error" in answer ? reject(new Error(`load generator: ${answer.error}`)) : resolve(answer.result),
      );
      // A failure to send means that it has ended, which `close` tells.
      this.child.send(make(id), () => {});
    });
  }

  private settle(answer: Answer): void {
    this.open.get(answer.id)?.(answer);
    this.open.delete(answer.id);
  }

  private end(how: string): void {
    this.ended = `the process ended (${how}) ${this.said.trim()}`.trim();
    for (const id of [...this.open.keys()]) this.settle({ id, error: this.ended });
  }
}
