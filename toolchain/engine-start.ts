import { spawn } from "node:child_process";
import { existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { DEFAULT_SOCKET, type EngineFound, engineProblem } from "./engine.ts";
import { findInFolders, findOnPath, lastLines, runProgram } from "./run-program.ts";

const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"];
const LOG = "/var/log/dockerd-unityplan.log";
const PID_FILE = "/var/run/docker.pid";

export type Machine = {
  isRoot: boolean;
  /** ID and ID_LIKE of /etc/os-release: https://www.freedesktop.org/software/systemd/man/os-release.html */
  systemIds: string[];
  hasDockerd: boolean;
  hasAptGet: boolean;
};

/** What to do where no engine answers, or the error that says what the user can do. */
export function engineRemedy(machine: Machine, found: EngineFound): "start" | "install" | { error: string } {
  const problems = "problems" in found ? found.problems : [];
  const tried = problems
    .map(({ endpoint, problem }) => `  ${endpoint.host} (${endpoint.namedBy}): ${problem}`)
    .join("\n");
  const fail = (fix: string) => ({ error: `No Docker engine answers:\n${tried}\n${fix}` });

  const named = problems.find(({ endpoint }) => endpoint.namedBy !== "the usual socket");
  if (named && named.endpoint.host !== DEFAULT_SOCKET) {
    return fail(`Start that engine, or remove it from ${named.endpoint.namedBy} to use the local engine.`);
  }
  if (!machine.isRoot) {
    if (problems.some(({ problem }) => problem === "EACCES")) {
      return fail(
        "Your user may not use the engine's socket: `sudo usermod -aG docker $USER`, then log in again.",
      );
    }
    return fail(
      machine.hasDockerd
        ? "Docker is installed: start it with `sudo systemctl start docker`, then run this again."
        : "Install Docker Engine (https://docs.docker.com/engine/install/), start it, then run this again.",
    );
  }
  if (machine.hasDockerd) return "start";
  const isDebian = machine.systemIds.some((id) => id === "debian" || id === "ubuntu");
  if (isDebian && machine.hasAptGet) return "install";
  return fail(
    `Set-up installs Docker on Debian and Ubuntu only; this is ${machine.systemIds[0] ?? "an unknown system"}. ` +
      "Install Docker Engine (https://docs.docker.com/engine/install/), start it, then run this again.",
  );
}

/** The ids of an os-release file, its own first. */
export function systemIds(osRelease: string): string[] {
  const value = (key: string) => new RegExp(`^${key}="?([^"\\n]*)"?$`, "m").exec(osRelease)?.[1] ?? "";
  return [value("ID"), ...value("ID_LIKE").split(" ")].filter(Boolean);
}

export function readMachine(env: NodeJS.ProcessEnv): Machine {
  const osRelease = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  return {
    isRoot: process.getuid?.() === 0,
    systemIds: osRelease ? systemIds(osRelease) : [process.platform],
    hasDockerd: findDockerd(env) !== undefined,
    hasAptGet: findOnPath("apt-get", env) !== undefined,
  };
}

function findDockerd(env: NodeJS.ProcessEnv): string | undefined {
  return findOnPath("dockerd", env) ?? findInFolders("dockerd", SYSTEM_FOLDERS);
}

/** Installs packages from the distribution. @throws with apt-get's last lines */
export async function aptInstall(
  packages: string[],
  env: NodeJS.ProcessEnv,
  note: (text: string) => void,
): Promise<void> {
  const options = { env: { ...env, DEBIAN_FRONTEND: "noninteractive" }, onLine: note, timeoutSeconds: 1200 };
  const run = async (args: string[]) => {
    const { code, output, stopped } = await runProgram("apt-get", args, options);
    if (code === 0) return;
    throw new Error(
      `apt-get ${args.join(" ")} failed: ${stopped ?? `exit code ${code}`}\n${lastLines(output)}`,
    );
  };
  await run(["update", "-q"]);
  await run(["install", "-y", "-q", "--no-install-recommends", ...packages]);
}

/** A pid file of an engine that is gone keeps the next one from starting. */
export function removeStalePidFile(pidFile: string, commandOf = readCommand): boolean {
  if (!existsSync(pidFile)) return false;
  const pid = Number(readFileSync(pidFile, "utf8").trim());
  if (pid > 0 && commandOf(pid) === "dockerd") return false;
  rmSync(pidFile, { force: true });
  return true;
}

function readCommand(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return undefined;
  }
}

export type Daemon = {
  program: string;
  args: string[];
  host: string;
  log: string;
  pidFile: string;
  withinSeconds: number;
};

/** Starts an engine that outlives this process and waits until it answers. @throws with the end of its log */
export async function startDaemon(daemon: Daemon, env: NodeJS.ProcessEnv): Promise<void> {
  removeStalePidFile(daemon.pidFile);
  const log = openSync(daemon.log, "w", 0o600);
  const PATH = `${env.PATH ?? ""}:${SYSTEM_FOLDERS.join(":")}`;
  let ended: string | undefined;
  const child = spawn(daemon.program, daemon.args, {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...env, PATH },
  });
  child.on("error", (error) => {
    ended = error.message;
  });
  child.on("exit", (code, signal) => {
    ended = signal ? `it was ended by ${signal}` : `it ended with exit code ${code}`;
  });
  child.unref();
  const deadline = performance.now() + daemon.withinSeconds * 1000;
  while ((await engineProblem(daemon.host, env)) !== undefined) {
    if (ended === undefined && performance.now() < deadline) {
      await pause(200);
      continue;
    }
    const why = ended ?? `it does not answer after ${daemon.withinSeconds} s`;
    throw new Error(
      `The Docker engine did not start: ${why}. The end of its log (${daemon.log}):\n` +
        lastLines(readFileSync(daemon.log, "utf8"), 20),
    );
  }
}

async function waitFor(host: string, env: NodeJS.ProcessEnv, withinSeconds: number): Promise<boolean> {
  const deadline = performance.now() + withinSeconds * 1000;
  while (performance.now() < deadline) {
    if ((await engineProblem(host, env)) === undefined) return true;
    await pause(200);
  }
  return false;
}

/** Starts the machine's own engine: by systemd where that runs, else as a process of its own. */
export async function startEngine(env: NodeJS.ProcessEnv): Promise<void> {
  if (existsSync("/run/systemd/system")) {
    const { code, output } = await runProgram("systemctl", ["start", "docker"], { env, timeoutSeconds: 120 });
    if (code === 0 && (await waitFor(DEFAULT_SOCKET, env, 60))) return;
    const log = await runProgram("journalctl", ["-u", "docker", "-n", "20", "--no-pager"], {
      env,
      timeoutSeconds: 20,
    });
    throw new Error(`The Docker engine did not start:\n${lastLines(output)}\n${lastLines(log.output, 20)}`);
  }
  const program = findDockerd(env) ?? "dockerd";
  await startDaemon(
    { program, args: [], host: DEFAULT_SOCKET, log: LOG, pidFile: PID_FILE, withinSeconds: 90 },
    env,
  );
}

/** Installs Docker from Debian's packages and starts it, unless the package did. */
export async function installEngine(env: NodeJS.ProcessEnv, note: (text: string) => void): Promise<void> {
  await aptInstall(["docker.io", "iptables", "ca-certificates"], env, note);
  await installDockerCli(env, note);
  if ((await engineProblem(DEFAULT_SOCKET, env)) === undefined) return;
  note("starting the engine");
  await startEngine(env);
}

/** Since Debian 13 the `docker` program is a package of its own. */
export async function installDockerCli(env: NodeJS.ProcessEnv, note: (text: string) => void): Promise<void> {
  if (findOnPath("docker", env)) return;
  await aptInstall(["docker-cli"], env, note);
}
