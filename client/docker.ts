import { spawn } from "node:child_process";
import { quoted, type SshHost } from "../model/ssh.ts";
import { runOnHost } from "./ssh.ts";

/** A Docker engine, as far as one has to know it to speak to it. `{}` is the one that the environment names. */
export interface Engine {
  /** The engine's URL; undefined leaves it to DOCKER_HOST and the engine's default socket. */
  readonly dockerUrl?: string | undefined;
  /** undefined: its host is not reached by SSH. */
  readonly remote?: { readonly ssh: SshHost } | undefined;
}

/** What is asked of an engine, as the docker CLI takes it: two words of this program, then options and names. */
export type DockerCall = readonly [
  thing: "container" | "network" | "volume",
  action: "inspect" | "ls" | "rm",
  ...rest: string[],
];

/** How a call ended. */
export interface DockerAnswer {
  /** Exit code; undefined: the CLI was ended by a signal, or there is none. 255 is also OpenSSH's own. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** Standard output and standard error. */
  readonly output: string;
}

/** How long a host that is reached by SSH may take: a volume that goes may have many gigabytes. */
const remoteLimitMs = 60_000;

/**
 * Asks an engine by the docker CLI: that of this machine, which may take as long as it takes, or that of the engine's
 * own host, where it is reached by SSH. Never throws: what went wrong is in the answer.
 * @param env of the CLI on this machine
 */
export function askDocker(engine: Engine, call: DockerCall, env: NodeJS.ProcessEnv): Promise<DockerAnswer> {
  // The docker CLI would go there without the key and the host key of the configuration.
  return engine.remote === undefined ? askFromHere(engine, call, env) : askThere(engine.remote.ssh, call);
}

/** The CLI's environment on this machine, where an engine's own URL counts more than what is set there. */
export function environmentFor({ dockerUrl }: Engine, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return dockerUrl === undefined ? env : { ...env, DOCKER_HOST: dockerUrl };
}

/** A call as a shell script. Whatever is in an option or a name reaches the CLI as one word. */
export function scriptOf([thing, action, ...rest]: DockerCall): string {
  return ["docker", thing, action, ...rest.map(quoted)].join(" ");
}

async function askThere(ssh: SshHost, call: DockerCall): Promise<DockerAnswer> {
  const { code, stdout, stderr } = await runOnHost(ssh, scriptOf(call), remoteLimitMs);
  return { code, stdout, output: `${stdout}${stderr}` };
}

function askFromHere(engine: Engine, call: DockerCall, env: NodeJS.ProcessEnv): Promise<DockerAnswer> {
  const child = spawn("docker", call, {
    env: environmentFor(engine, env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let output = "";
  // A character of several bytes may come in two pieces.
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return new Promise((resolve) => {
    child.on("error", () => resolve({ code: undefined, stdout, output }));
    child.on("close", (code) => resolve({ code: code ?? undefined, stdout, output }));
  });
}
