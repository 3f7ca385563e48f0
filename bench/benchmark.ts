import { cpus } from "node:os";
import { createReport } from "../toolchain/report.ts";
import { prepare } from "../toolchain/setup.ts";
import type { BenchArguments } from "./arguments.ts";
import { barsOf, scaleBars } from "./bars.ts";
import { composeContender } from "./compose.ts";
import type { Contender } from "./contender.ts";
import { pulumiContender } from "./pulumi.ts";
import { asJson, type Results, writeResults } from "./results.ts";
import { type RunOptions, runAll } from "./run.ts";
import { podScale, type ScaleResult, streamScale } from "./scale.ts";
import { barsTable, scaleTable, stepsTable } from "./screen.ts";
import { median, type Sized } from "./statistics.ts";
import { terraformContender } from "./terraform.ts";
import { findCompose, findTerraform } from "./tools.ts";

export interface BenchmarkOptions extends BenchArguments {
  readonly signal: AbortSignal;
  /** Load of the machine before anything began. */
  readonly load: number;
}

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Measures everything, prints the tables and writes the file. */
export async function benchmark({ runs, scale, signal, load }: BenchmarkOptions): Promise<void> {
  const contenders = await prepareContenders();
  warnOfLoad(load);
  const options: RunOptions = { runs, signal, say };
  const samples = await runAll(contenders, { streams: 5, consumers: 4 }, options);
  const scales = scale ? [await streamScale(options), await podScale(options)] : [];
  const bars = [...barsOf(samples), ...scaleBars(sizedStreams(scales))];
  const results = { contenders, samples, scale: scales, bars };
  show(results, runs);
  const now = new Date();
  say(`\nWritten to ${writeResults(asJson(results, now), now)}`);
}

async function prepareContenders(): Promise<Contender[]> {
  const { env } = await prepare({ report: createReport(), engine: true, image: true, natsCli: true });
  const report = createReport();
  // What the stacks of tests are made of takes its tools from this process's own environment.
  Object.assign(process.env, env);
  const terraform = await findTerraform(env, report);
  if (terraform === undefined) say("terraform is not installed here: three of the bars can't be measured.");
  return [
    pulumiContender(),
    ...(terraform === undefined ? [] : [terraformContender(terraform, env)]),
    composeContender(await findCompose(env, report), env),
  ];
}

function warnOfLoad(load: number): void {
  if (load < cpus().length / 2) return;
  say(
    `The machine is busy (load ${load.toFixed(1)}): times will be longer and further apart than on a quiet one.`,
  );
}

function sizedStreams(scales: readonly ScaleResult[]): Sized[] {
  const streams = scales.find(({ of }) => of === "streams");
  return (streams?.sizes ?? []).map(({ count, up }) => ({ count, seconds: median(up) }));
}

function show({ contenders, samples, scale, bars }: Results, runs: number): void {
  say(`\nMedian of ${runs} runs after a warm-up (fastest–slowest), whole processes, in turn:\n`);
  say(stepsTable(samples));
  say("");
  for (const { name, note } of contenders) say(`${name}: ${note}.`);
  for (const one of scale) say(`\n${scaleTable(one)}`);
  say(`\n${barsTable(bars)}`);
}
