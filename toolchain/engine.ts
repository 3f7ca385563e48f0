import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";
import { runProgram } from "./run-program.ts";

export const DEFAULT_SOCKET = "unix:///var/run/docker.sock";

/** A way to a Docker engine and where it was named. */
export type Endpoint = { host: string; namedBy: string };

/** What is known of the user's Docker settings. */
export type DockerSettings = {
  env: NodeJS.ProcessEnv;
  currentContext?: string | undefined;
  contextHost?: string | undefined;
};

/**
 * The engines to ask, in order. One that the user named is asked alone: another engine would be a surprise.
 * The order is the Docker CLI's own: https://docs.docker.com/engine/manage-resources/contexts/
 */
export function endpointsToAsk({ env, currentContext, contextHost }: DockerSettings): Endpoint[] {
  if (env.DOCKER_HOST) return [{ host: env.DOCKER_HOST, namedBy: "DOCKER_HOST" }];
  if (contextHost) return [{ host: contextHost, namedBy: `the Docker context "${currentContext}"` }];
  const rootless = env.XDG_RUNTIME_DIR ? [`unix://${env.XDG_RUNTIME_DIR}/docker.sock`] : [];
  const desktop = env.HOME ? [`unix://${env.HOME}/.docker/run/docker.sock`] : [];
  return [DEFAULT_SOCKET, ...rootless, ...desktop].map((host) => ({ host, namedBy: "the usual socket" }));
}

function readJson(file: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** The user's Docker settings, from the environment and the files of the Docker CLI. */
export function readDockerSettings(env: NodeJS.ProcessEnv): DockerSettings {
  const folder = env.DOCKER_CONFIG || join(env.HOME || homedir(), ".docker");
  const currentContext = env.DOCKER_CONTEXT || readJson(join(folder, "config.json"))?.currentContext;
  if (typeof currentContext !== "string" || currentContext === "default") return { env };
  const id = createHash("sha256").update(currentContext).digest("hex");
  const meta = readJson(join(folder, "contexts/meta", id, "meta.json")) as
    | { Endpoints?: { docker?: { Host?: string } } }
    | undefined;
  return { env, currentContext, contextHost: meta?.Endpoints?.docker?.Host };
}

/** One request to an engine on a local socket; the status, or what went wrong. */
export function askSocket(
  host: string,
  path: string,
): Promise<{ status: number; body: string } | { problem: string }> {
  const socketPath = host.replace(/^unix:\/\//, "");
  return new Promise((resolve) => {
    const failed = (error: Error) =>
      resolve({ problem: (error as NodeJS.ErrnoException).code ?? error.message });
    const call = request({ socketPath, path, agent: false, timeout: 5_000 }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", failed);
    });
    call.on("timeout", () => call.destroy(new Error("no answer within 5 s")));
    call.on("error", failed);
    call.end();
  });
}

/** Why the engine at `host` does not answer, or undefined if it does. */
export async function engineProblem(host: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (host.startsWith("unix://")) {
    const answer = await askSocket(host, "/_ping");
    if ("problem" in answer) return answer.problem;
    return answer.status === 200 ? undefined : `it answered with status ${answer.status}`;
  }
  const options = { env: { ...env, DOCKER_HOST: host }, timeoutSeconds: 20 };
  const { code, output, stopped } = await runProgram(
    "docker",
    ["version", "--format", "{{.Server.Version}}"],
    options,
  );
  return code === 0 ? undefined : (stopped ?? output.trim().split("\n").at(-1));
}

export type EngineFound = { endpoint: Endpoint } | { problems: { endpoint: Endpoint; problem: string }[] };

/** The first engine that answers, or why each does not. */
export async function findEngine(env: NodeJS.ProcessEnv): Promise<EngineFound> {
  const problems = [];
  for (const endpoint of endpointsToAsk(readDockerSettings(env))) {
    const problem = await engineProblem(endpoint.host, env);
    if (problem === undefined) return { endpoint };
    problems.push({ endpoint, problem });
  }
  return { problems };
}
