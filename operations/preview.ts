import { writeFileSync } from "node:fs";
import { type Arguments, type Usage, UsageError, usageText } from "./cli/arguments.ts";
import { runCommand } from "./cli/command.ts";
import { isExpectation, unexpected } from "./preview/expectation.ts";
import { markdownOf } from "./preview/markdown.ts";
import { isRefused, type Report } from "./preview/report.ts";
import { failedReport, offlineReport, stateReport } from "./preview/reports.ts";
import { textOf } from "./preview/text.ts";

const usage: Usage = {
  command: "preview",
  help:
    "Shows what `up` would change and what that means for the running cluster, and changes nothing. Nobody is dialled " +
    "but the backend that holds the state.",
  flags: [
    {
      name: "live",
      help: "asks the servers too: how many messages a change copies or would delete, whether they are healthy",
    },
    {
      name: "refresh",
      help: "looks at what is really there first, on engines, hosts and servers: shows drift",
    },
    {
      name: "offline",
      help: "needs no state, no secret and no engine: compares with the branch that this one goes to",
    },
    { name: "base", argument: "REF", help: "with --offline: that branch; default origin/main" },
    { name: "markdown", argument: "FILE", help: "writes the report for a pull request too" },
    {
      name: "expect",
      argument: "WHAT",
      help: "`nothing` or `renewal`: exits with 3 when there is anything else",
    },
  ],
};

await runCommand(usage, async (given) => {
  const expectation = readFlags(given);
  const report = await made(given);
  process.stdout.write(`\n${textOf(report)}`);
  const file = given.values.get("markdown");
  if (file !== undefined) writeFileSync(file, markdownOf(report));
  if (isRefused(report) || report.failure !== undefined || !report.complete) return 1;
  if (expectation === undefined) return 0;
  const others = unexpected(report.changes, expectation);
  if (others.length === 0 && report.unhealthy.length === 0) return 0;
  process.stdout.write(`\nExpected ${expectation}, and found more than that.\n`);
  return 3;
});

/** A preview that fails is a report too: whoever reads a pull request has to see why. */
async function made(given: Arguments): Promise<Report> {
  const { stack } = given;
  try {
    return given.given.has("offline")
      ? await offlineReport(stack, given.values.get("base"))
      : await stateReport(stack, { live: given.given.has("live"), refresh: given.given.has("refresh") });
  } catch (error) {
    return failedReport(stack, error);
  }
}

function readFlags({ given, values }: Arguments) {
  const expectation = values.get("expect");
  const faults = [
    ...(given.has("offline")
      ? ["live", "refresh", "expect"]
          .filter((name) => given.has(name))
          .map((name) => `--${name} needs the stack's state, and --offline goes without`)
      : []),
    ...(given.has("base") && !given.has("offline") ? ["--base goes with --offline"] : []),
    ...(expectation !== undefined && !isExpectation(expectation)
      ? [`--expect "${expectation}" is not known; allowed nothing, renewal`]
      : []),
  ];
  if (faults.length > 0) throw new UsageError(`${faults.join("\n")}\n\n${usageText(usage)}`);
  return expectation !== undefined && isExpectation(expectation) ? expectation : undefined;
}
