import { measureRun, type Run, type RunPlan, startRun, stopRun } from "./run.ts";

/** The load generator's process: it is forked by load.ts and does what its parent's messages say. */

/** What the parent asks for. */
export type Call = { readonly id: number } & (
  | { readonly call: "start"; readonly plan: RunPlan }
  | { readonly call: "measure" | "stop" }
);

/** What it is told. */
export type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly error: string });

let run: Run | undefined;

async function obey(call: Call): Promise<unknown> {
  if (call.call === "start") {
    run = await startRun(call.plan);
    return undefined;
  }
  if (run === undefined) throw new Error("the load was not started");
  return call.call === "measure" ? measureRun(run) : stopRun(run);
}

function answer(message: Answer): void {
  process.send?.(message);
}

process.on("message", (call: Call) => {
  obey(call).then(
    (result) => answer({ id: call.id, result }),
    (error: unknown) =>
      answer({ id: call.id, error: error instanceof Error ? (error.stack ?? "") : String(error) }),
  );
});

// No process is left that could stop it.
process.on("disconnect", () => process.exit(1));
