import { Failure } from "../cli/command.ts";

/** What a run on GitHub says of itself, and as whom it may speak. */
export interface Settings {
  /** Without a slash at its end. */
  readonly apiUrl: string;
  readonly token: string;
  /** As in `owner/name`. */
  readonly repository: string;
  /** Page of the run that this command is a part of. */
  readonly runUrl: string;
}

/**
 * GitHub sets all of these but the token:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables
 * @throws Failure naming everything that is missing or wrong
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const needed = {
    GITHUB_API_URL: /^https?:\/\/\S+$/,
    GITHUB_TOKEN: /^\S+$/,
    GITHUB_REPOSITORY: /^[\w.-]+\/[\w.-]+$/,
    GITHUB_SERVER_URL: /^https?:\/\/\S+$/,
    GITHUB_RUN_ID: /^\d+$/,
  };
  const wrong = Object.entries(needed).filter(([name, form]) => !form.test(env[name] ?? ""));
  if (wrong.length > 0) {
    const named = wrong.map(([name]) => (env[name] ? `${name} has a wrong form` : `${name} is not set`));
    throw new Failure(
      `${named.join(", ")}. This command is for GitHub's runners: they set every variable except GITHUB_TOKEN. ` +
        "Give the step the token: env: { GITHUB_TOKEN: $" +
        "{{ github.token }} }.",
    );
  }
  const value = (name: keyof typeof needed) => env[name] ?? "";
  const repository = value("GITHUB_REPOSITORY");
  return {
    apiUrl: value("GITHUB_API_URL").replace(/\/+$/, ""),
    token: value("GITHUB_TOKEN"),
    repository,
    runUrl: `${value("GITHUB_SERVER_URL")}/${repository}/actions/runs/${value("GITHUB_RUN_ID")}`,
  };
}
