import { Failure } from "../cli/command.ts";

/**
 * `dev` is updated without confirmation. For any other stack, Pulumi shows the preview and asks.
 * @param command as in `up`, for the message
 * @throws Failure where there is no terminal to ask at
 */
export function approvalFlags(command: string, stack: string, yes: boolean): string[] {
  if (stack === "dev") return ["--yes", "--skip-preview"];
  if (yes) return ["--yes"];
  if (process.stdin.isTTY) return [];
  const flagged = command.includes("--") ? `${command} --yes` : `${command} -- --yes`;
  throw new Failure(
    `An update of ${stack} shows its preview and asks, but there is no terminal to ask at. Nothing was changed. ` +
      `Read \`npm run preview -- ${stack}\`, then run \`npm run ${flagged} ${stack}\`.`,
  );
}
