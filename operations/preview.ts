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
    "Shows what `up` would change and what that means for the running cluster. Changes nothing. Without --live and " +
    "--refresh, the command connects only to the backend that holds the state.",
  flags: [
    {
      name: "live",
      help: "also asks the servers: how many messages a change copies or would delete, and whether servers are healthy",
    },
    {
      name: "refresh",
      help: "first looks at engines, hosts and servers, and shows drift",
    },
    {
      name: "offline",
      help: "compares with the target branch; needs no state, no secret and no engine",
    },
    { name: "base", argument: "REF", help: "with --offline: the target branch, default origin/main" },
    { name: "markdown", argument: "FILE", help: "also writes the report as Markdown, for a pull request" },
    {
      name: "expect",
      argument: "WHAT",
      help: "`nothing` or `renewal`: exits with 3 if the preview shows anything else",
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
  process.stdout.write(`\nExpected ${expectation}, but the preview shows more than that.\n`);
  return 3;
});

/** A preview that fails is a report too: the readers of a pull request have to see why. */
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
          .map(
            (name) =>
              `--${name} needs the stack's state, and --offline does not read the state: give only one of them`,
          )
      : []),
    ...(given.has("base") && !given.has("offline") ? ["--base needs --offline"] : []),
    ...(expectation !== undefined && !isExpectation(expectation)
      ? [`--expect "${expectation}" is not known; allowed are nothing and renewal`]
      : []),
  ];
  if (faults.length > 0) throw new UsageError(`${faults.join("\n")}\n\n${usageText(usage)}`);
  return expectation !== undefined && isExpectation(expectation) ? expectation : undefined;
}
