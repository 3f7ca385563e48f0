import { loadavg } from "node:os";
import { UsageError } from "../operations/cli/arguments.ts";
import { readBenchArguments, usageText } from "./arguments.ts";
import { benchmark } from "./benchmark.ts";
import { Interrupted } from "./process.ts";

/** `npm run bench`: how long whole commands take, beside what others would use for the same job. */
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (!stop.signal.aborted) process.stderr.write("\nstopping, and removing what was made …\n");
    stop.abort();
  });
}

try {
  const given = readBenchArguments(process.argv.slice(2));
  if (given === "help") process.stdout.write(`${usageText}\n`);
  else await benchmark({ ...given, signal: stop.signal, load: loadavg()[0] ?? 0 });
} catch (error) {
  process.exitCode = error instanceof UsageError ? 2 : error instanceof Interrupted ? 130 : 1;
  const unexpected = process.env.UNITYPLAN_DEBUG === "1" && error instanceof Error ? error.stack : undefined;
  process.stderr.write(`\n${unexpected ?? (error instanceof Error ? error.message : String(error))}\n`);
}
