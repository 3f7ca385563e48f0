import { Failure } from "../cli/command.ts";

/**
 * The dev stack is updated without a question; for any other one Pulumi shows the preview and asks.
 * @param command as in `up`, for the message
 * @throws Failure where there is no terminal to ask at
 */
export function approvalFlags(command: string, stack: string, yes: boolean): string[] {
  if (stack === "dev") return ["--yes", "--skip-preview"];
  if (yes) return ["--yes"];
  if (process.stdin.isTTY) return [];
  const flagged = command.includes("--") ? `${command} --yes` : `${command} -- --yes`;
  throw new Failure(
    `An update of ${stack} shows its preview and asks, and there is no terminal to ask at. ` +
      `Look at \`npm run preview -- ${stack}\`, then say \`npm run ${flagged} ${stack}\`.`,
  );
}
