import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { askSocket } from "./engine.ts";
import { NATS_SERVER_VERSION } from "./modules.ts";
import { lastLines, runProgram } from "./run-program.ts";
import { tarArchive } from "./tar.ts";

/** The image of the NATS server, by default the one that the stacks use. */
export const DEFAULT_IMAGE = `nats:${NATS_SERVER_VERSION}`;

/** The label that tells a local build from the official image; its value is the reference it was built for. */
const LOCAL_BUILD_LABEL = "org.unityplan.local-build";

const PULL_ANSWER_WITHIN_SECONDS = 20;
const PULL_WITHIN_SECONDS = 300;

/** Why `reference` can't be built here, or undefined if it can. */
export function cannotBuild(reference: string): string | undefined {
  if (reference === DEFAULT_IMAGE) return undefined;
  return (
    `the image ${reference} can't be built locally: the sources pinned in toolchain/go/nats-server make ` +
    `${DEFAULT_IMAGE} only. Use that version, or give this machine a way to pull ${reference}.`
  );
}

/** The changes to `docker import` that make the image like the official scratch image. */
export function imageChanges(reference: string): string[] {
  return [
    'ENTRYPOINT ["/nats-server"]',
    'CMD ["--config","nats-server.conf"]',
    "EXPOSE 4222 6222 8222",
    "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/",
    `LABEL ${LOCAL_BUILD_LABEL}=${reference}`,
    `LABEL org.opencontainers.image.version=${reference.split(":").at(-1)}`,
  ];
}

async function docker(
  args: string[],
  env: NodeJS.ProcessEnv,
  options: { input?: Uint8Array } = {},
): Promise<string> {
  const { code, output, stopped } = await runProgram("docker", args, {
    env,
    timeoutSeconds: 300,
    ...options,
  });
  if (code === 0) return output.trim();
  throw new Error(
    `docker ${args.slice(0, 2).join(" ")} failed: ${stopped ?? `exit code ${code}`}\n${lastLines(output)}`,
  );
}

/** Whether the engine has the image. */
export async function hasImage(reference: string, host: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  if (host.startsWith("unix://")) {
    const answer = await askSocket(host, `/images/${encodeURIComponent(reference)}/json`);
    return "status" in answer && answer.status === 200;
  }
  const { code } = await runProgram("docker", ["image", "inspect", reference], { env, timeoutSeconds: 30 });
  return code === 0;
}

/** Pulls the image, and stops soon where nothing answers. @returns why it did not come, or undefined */
export async function pullImage(
  reference: string,
  env: NodeJS.ProcessEnv,
  note: (text: string) => void,
): Promise<string | undefined> {
  const { code, output, stopped } = await runProgram("docker", ["pull", reference], {
    env,
    firstLineWithinSeconds: PULL_ANSWER_WITHIN_SECONDS,
    timeoutSeconds: PULL_WITHIN_SECONDS,
    onLine: note,
  });
  return code === 0 ? undefined : (stopped ?? output.trim().split("\n").at(-1));
}

/** The processor that the engine runs images of, in Go's words. */
export async function engineArchitecture(env: NodeJS.ProcessEnv): Promise<string> {
  return docker(["version", "--format", "{{.Server.Arch}}"], env);
}

/**
 * Makes the image out of a static nats-server: it gets its name only after it ran.
 * @param version what the server must say it is, by default the version that the stacks use
 * @param toolchain the folder with nats-server.conf
 */
export async function buildImage(options: {
  reference: string;
  version?: string;
  server: string;
  toolchain: string;
  env: NodeJS.ProcessEnv;
}): Promise<void> {
  const { reference, version = NATS_SERVER_VERSION, server, toolchain, env } = options;
  const archive = tarArchive([
    { name: "nats-server", content: readFileSync(server), mode: 0o755 },
    { name: "nats-server.conf", content: readFileSync(join(toolchain, "nats-server.conf")), mode: 0o644 },
  ]);
  const trial = `unityplan-nats-build:${randomBytes(6).toString("hex")}`;
  const changes = imageChanges(reference).flatMap((change) => ["--change", change]);
  await docker(["import", ...changes, "-", trial], env, { input: archive });
  try {
    const said = await docker(["run", "--rm", "--network", "none", trial, "--version"], env);
    if (!said.includes(version)) throw new Error(`the built image says "${said}", not ${version}`);
    await docker(["tag", trial, reference], env);
  } finally {
    await docker(["rmi", trial], env).catch(() => {});
  }
}
