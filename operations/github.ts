import { runReporting } from "./cli/command.ts";
import { GitHub } from "./github/api.ts";
import { githubHelp, readGitHubArguments } from "./github/arguments.ts";
import { commentPreviews, keepIssue } from "./github/bot.ts";
import { readReport, readReports, stacksIn } from "./github/reports.ts";
import { readSettings } from "./github/settings.ts";
import { projectFolder } from "./stack/stack.ts";

/** `npm run github`: needs nothing of the set-up, and knows of a run only what GitHub says. */
await runReporting(async () => {
  const given = readGitHubArguments(process.argv.slice(2));
  if (given.command === "help") {
    process.stdout.write(`${githubHelp}\n`);
    return 0;
  }
  const settings = readSettings(process.env);
  const github = new GitHub(settings);
  const done =
    given.command === "comment"
      ? await commentPreviews(github, given.runId, readReports(given.reports, stacksIn(projectFolder)))
      : await keepIssue(github, {
          ...given,
          report: given.report === undefined ? undefined : readReport(given.report),
          runUrl: settings.runUrl,
        });
  process.stdout.write(`${done}\n`);
  return 0;
});
