import { parseArgs } from "node:util";
import { UsageError } from "../operations/cli/arguments.ts";

export interface BenchArguments {
  /** Measured runs of everything, after one that is not counted. */
  readonly runs: number;
  readonly scale: boolean;
}

export const usageText = `npm run bench -- [OPTIONS]

Times whole commands against Docker Compose and, where terraform is installed, Terraform, each doing the same job in
names and ports of its own; nothing else should run meanwhile. Results go to the screen and to bench/results/.

  --scale            also times 5, 50 and 200 streams and 3, 5 and 9 pods (ours alone)
  --runs N           measured runs after a warm-up, default 5
  --help             shows this`;

/** @throws UsageError naming what is not understood, with the usage behind it */
export function readBenchArguments(argv: readonly string[]): BenchArguments | "help" {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { scale: { type: "boolean" }, runs: { type: "string" }, help: { type: "boolean" } },
    });
    if (values.help === true) return "help";
    return { runs: readRuns(values.runs ?? "5"), scale: values.scale === true };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usageText}`);
  }
}

function readRuns(text: string): number {
  const runs = Number(text);
  if (Number.isInteger(runs) && runs >= 1 && runs <= 100) return runs;
  throw new Error(`--runs "${text}" is no number of runs; allowed is a whole number from 1 to 100`);
}
