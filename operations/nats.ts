import { createReport } from "../toolchain/report.ts";
import { prepare } from "../toolchain/setup.ts";
import { runAttached } from "./attached.ts";
import { runReporting } from "./command.ts";

/** `npm run nats -- ARGUMENTS`: the nats CLI of the set-up, for who has none. */
await runReporting(async () => {
  const tools = await prepare({ report: createReport(), natsCli: true });
  return runAttached("nats", process.argv.slice(2), { cwd: process.cwd(), env: tools.env });
});
