import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { poll } from "../../client/poll.ts";
import { freePorts } from "../../harness/ports.ts";
import { mustRun, run } from "../../harness/run.ts";
import { type SshHost, sshArguments } from "../../model/ssh.ts";
import { aptInstall } from "../../toolchain/engine-start.ts";

const program = "/usr/sbin/sshd";

/** A real OpenSSH server on loopback, with keys and a configuration of its own, that lets in who runs the test. */
export class Sshd {
  readonly host: SshHost;
  private readonly folder: string;
  private process: ChildProcess | undefined;

  private constructor(folder: string, host: SshHost) {
    this.folder = folder;
    this.host = host;
  }

  static async start(): Promise<Sshd> {
    await provide();
    const folder = mkdtempSync(join(tmpdir(), "unityplan-sshd-"));
    const [port = 0] = await freePorts(1);
    for (const name of ["host", "user", "other"]) {
      await mustRun("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", join(folder, name)]);
    }
    const server = new Sshd(folder, {
      address: "127.0.0.1",
      port,
      user: userInfo().username,
      hostKey: publicKey(folder, "host"),
      identityFile: join(folder, "user"),
    });
    writeFileSync(join(folder, "sshd_config"), configuration(folder, port));
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const log = join(this.folder, "log");
    const args = ["-D", "-E", log, "-f", join(this.folder, "sshd_config")];
    this.process = spawn(program, args, { stdio: "ignore" });
    running.add(this);
    await poll(Date.now() + 10_000, async () =>
      (await answers(this.host.port)) ? { done: true } : { waitingFor: `sshd: ${read(log)}` },
    );
  }

  /** The same host, under a key that is not its own. */
  get impostor(): SshHost {
    return { ...this.host, hostKey: publicKey(this.folder, "other") };
  }

  /** How many connections have logged in so far. */
  get logins(): number {
    return read(join(this.folder, "log")).split("Accepted publickey").length - 1;
  }

  /** Ends it with all its connections, as a host that goes down. */
  async kill(): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child?.pid === undefined || child.exitCode !== null) return;
    this.signal(child.pid, "SIGKILL");
    await once(child, "exit");
  }

  /** Stops it where it stands, with all its connections: they stay open, and nobody answers. */
  freeze(): void {
    if (this.process?.pid !== undefined) this.signal(this.process.pid, "SIGSTOP");
  }

  thaw(): void {
    if (this.process?.pid !== undefined) this.signal(this.process.pid, "SIGCONT");
  }

  async dispose(): Promise<void> {
    await run("ssh", ["-O", "exit", ...sshArguments(this.host)]);
    await this.kill();
    running.delete(this);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** For a process that ends. */
  abandon(): void {
    if (this.process?.pid !== undefined) this.signal(this.process.pid, "SIGKILL");
  }

  /** Each connection is a process of its own below the one that listens. */
  private signal(pid: number, signal: NodeJS.Signals): void {
    for (const one of [...below(pid), pid]) {
      try {
        process.kill(one, signal);
      } catch {
        // It ended by itself.
      }
    }
  }
}

/** A test that is broken off must not leave servers behind. */
const running = new Set<Sshd>();
process.on("exit", () => {
  for (const one of running) one.abandon();
});

/** Command lines of all processes that run now. */
export function commandLines(): string[] {
  return processes().map((pid) => read(`/proc/${pid}/cmdline`).replaceAll("\0", " "));
}

function processes(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function below(parent: number): number[] {
  const children = processes().filter((pid) => {
    // The name of the program is in brackets and may have any character.
    const [, ppid] = read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
    return Number(ppid) === parent;
  });
  return children.flatMap((pid) => [...below(pid), pid]);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function publicKey(folder: string, name: string): string {
  return readFileSync(join(folder, `${name}.pub`), "utf8").trim();
}

function configuration(folder: string, port: number): string {
  return [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${join(folder, "host")}`,
    `AuthorizedKeysFile ${join(folder, "user.pub")}`,
    "PidFile none",
    "UsePAM no",
    "StrictModes no",
    "PermitRootLogin prohibit-password",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "LogLevel VERBOSE",
    "",
  ].join("\n");
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });
}

const policy = "/usr/sbin/policy-rc.d";

/** Installs OpenSSH's server where it is missing, and starts no service by that. */
async function provide(): Promise<void> {
  if (!existsSync(program)) {
    if (process.getuid?.() !== 0)
      throw new Error(
        `${program} is missing: install openssh-server, or run the tests as root on Debian or Ubuntu`,
      );
    // https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
    const isOurs = !existsSync(policy);
    if (isOurs) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    try {
      await aptInstall(["openssh-server", "openssh-client"], process.env, () => {});
    } finally {
      if (isOurs) rmSync(policy);
    }
  }
  // The service would make it.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
}
