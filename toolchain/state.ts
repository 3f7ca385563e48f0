import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ownPulumiHome } from "./pulumi.ts";

/** The only stack for which a passphrase may be made up: its state holds nothing that matters beyond this machine. */
const STACK_WITH_GENERATED_PASSPHRASE = "dev";

/** What was found on disk. */
export type PulumiHome = {
  /** `current` of Pulumi's credentials.json: the backend that the user logged in to. */
  loggedInTo?: string | undefined;
  /** Folder of the project's local backend. */
  stateFolder: string;
  /** Whether the local backend holds this stack. */
  hasState: boolean;
  hasPassphraseFile: boolean;
};

export type Backend =
  /** The user's own: nothing is set. */
  | { kind: "own"; namedBy: string }
  /** In the project folder; the passphrase is the user's, or in a file that may have to be made. */
  | { kind: "local"; url: string; passphrase: "given" | "from-file" | "to-generate" };

/** Ignored folder of the project that holds the local backend. */
export const STATE_FOLDER = ".state";

/** File in the state folder that holds the generated passphrase. */
const PASSPHRASE_FILE = "passphrase";

function ownBackend(env: NodeJS.ProcessEnv, home: PulumiHome): string | undefined {
  if (env.PULUMI_BACKEND_URL) return "PULUMI_BACKEND_URL";
  if (env.PULUMI_ACCESS_TOKEN) return "PULUMI_ACCESS_TOKEN";
  return home.loggedInTo ? "pulumi login" : undefined;
}

/**
 * Which backend keeps the state of `stack`, and whose passphrase protects its secrets.
 * https://www.pulumi.com/docs/iac/concepts/state-and-backends/
 * @throws where a passphrase is needed that only the user can give
 */
export function chooseBackend(env: NodeJS.ProcessEnv, home: PulumiHome, stack: string): Backend {
  const namedBy = ownBackend(env, home);
  if (namedBy) return { kind: "own", namedBy };
  const url = pathToFileURL(home.stateFolder).href;
  // The state of "dev" that goes with the file can't be read with a passphrase that is exported for other projects.
  const isGenerated = home.hasState && home.hasPassphraseFile;
  if (stack === STACK_WITH_GENERATED_PASSPHRASE && isGenerated) {
    return { kind: "local", url, passphrase: "from-file" };
  }
  // An empty PULUMI_CONFIG_PASSPHRASE is a passphrase too: Pulumi takes it as one.
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE) {
    return { kind: "local", url, passphrase: "given" };
  }
  if (stack !== STACK_WITH_GENERATED_PASSPHRASE) {
    throw new Error(
      `The stack "${stack}" has no passphrase: one is generated for "${STACK_WITH_GENERATED_PASSPHRASE}" only. ` +
        "Set PULUMI_CONFIG_PASSPHRASE_FILE to a file with the passphrase, or log in to your own backend with " +
        "`pulumi login`, then run this again.",
    );
  }
  if (home.hasPassphraseFile) return { kind: "local", url, passphrase: "from-file" };
  if (home.hasState) {
    const file = join(home.stateFolder, PASSPHRASE_FILE);
    throw new Error(
      `The state of the stack "${stack}" is in ${home.stateFolder}, but its passphrase is gone: ${file} does not ` +
        "exist. A new passphrase could not read that state. Put the file back, or set PULUMI_CONFIG_PASSPHRASE; " +
        `if both are lost, remove the containers by hand and move ${home.stateFolder} away.`,
    );
  }
  return { kind: "local", url, passphrase: "to-generate" };
}

function readLogin(env: NodeJS.ProcessEnv): string | undefined {
  const file = join(env.PULUMI_CREDENTIALS_PATH || ownPulumiHome(env), "credentials.json");
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")).current || undefined;
}

/** Looks up what `chooseBackend` wants to know. Pulumi keeps a stack as JSON, plain or packed. */
export function readPulumiHome(env: NodeJS.ProcessEnv, project: string, stack: string): PulumiHome {
  const stateFolder = join(project, STATE_FOLDER);
  const file = join(stateFolder, ".pulumi/stacks/unityplan-nats", `${stack}.json`);
  return {
    loggedInTo: readLogin(env),
    stateFolder,
    hasState: existsSync(file) || existsSync(`${file}.gz`),
    hasPassphraseFile: existsSync(join(stateFolder, PASSPHRASE_FILE)),
  };
}

/** Makes the passphrase, unless another process was faster; it appears whole or not at all. */
function generatePassphrase(file: string): void {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${randomBytes(32).toString("base64url")}\n`, { flag: "wx", mode: 0o600 });
  try {
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(own);
  }
}

/**
 * Gets the backend of `stack` ready.
 * @param project folder of the project
 * @returns the choice, and `env` with what Pulumi needs for it
 * @throws like chooseBackend
 */
export function useBackend(
  env: NodeJS.ProcessEnv,
  project: string,
  stack: string,
): { backend: Backend; env: NodeJS.ProcessEnv } {
  const home = readPulumiHome(env, project, stack);
  const backend = chooseBackend(env, home, stack);
  if (backend.kind === "own") return { backend, env };
  mkdirSync(home.stateFolder, { recursive: true, mode: 0o700 });
  if (backend.passphrase === "given") return { backend, env: { ...env, PULUMI_BACKEND_URL: backend.url } };
  const file = join(home.stateFolder, PASSPHRASE_FILE);
  if (backend.passphrase === "to-generate") generatePassphrase(file);
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  // Pulumi prefers PULUMI_CONFIG_PASSPHRASE to the file: https://www.pulumi.com/docs/iac/cli/environment-variables/
  const { PULUMI_CONFIG_PASSPHRASE: _unused, ...rest } = env;
  return { backend, env: { ...rest, PULUMI_BACKEND_URL: backend.url, PULUMI_CONFIG_PASSPHRASE_FILE: file } };
}
