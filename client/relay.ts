import { type ChildProcess, spawn } from "node:child_process";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { finished } from "node:stream/promises";
import { type SshHost, sshArguments } from "../model/ssh.ts";
import type { Target } from "./address.ts";
import { openShared } from "./ssh.ts";
import { endOf } from "./ssh-child.ts";
import { sshWords } from "./ssh-words.ts";

/** Children of all relays. A process that ends takes them along; of one that is killed they see their input end. */
const running = new Set<ChildProcess>();
let isWatching = false;

function remember(child: ChildProcess): void {
  running.add(child);
  child.once("exit", () => running.delete(child));
  if (isWatching) return;
  isWatching = true;
  process.on("exit", () => {
    for (const one of running) one.kill("SIGKILL");
  });
}

/** How long a connection may take to end at the other side after it did on this one. */
const lingerMs = 1_000;

/** A port of the loopback; each connection to it is carried to one target by a child `ssh -W`. */
export class Relay {
  private readonly host: SshHost;
  private readonly target: Target;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private readonly listening: Promise<number>;
  /** OpenSSH's message about the last connection that it ended; undefined once a later connection answered. */
  fault: string | undefined;

  /** @param localPort where it listens; default a free one */
  constructor(host: SshHost, target: Target, localPort = 0) {
    this.host = host;
    this.target = target;
    // Requests are small and wait for their answers: collecting bytes would cost 40 ms each.
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => void this.carry(socket));
    this.listening = new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(localPort, "127.0.0.1", () => resolve((this.server.address() as AddressInfo).port));
    });
    this.listening.catch(() => {});
  }

  port(): Promise<number> {
    return this.listening;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private async carry(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
    // It ends by "close" too, which is what counts.
    socket.on("error", () => {});
    try {
      await openShared(this.host);
    } catch (error) {
      this.fault = (error as Error).message;
      socket.destroy();
    }
    if (!socket.destroyed) this.join(socket);
  }

  private join(socket: Socket): void {
    const { host, port } = this.target;
    const child = spawn("ssh", ["-W", `${host}:${port}`, ...sshArguments(this.host)], { detached: true });
    remember(child);
    child.stdout.once("data", () => {
      this.fault = undefined;
    });
    child.stdin.on("error", () => {});
    socket.pipe(child.stdin);
    // The socket ends after the reason is known, so that the code that sees the end can ask for the reason.
    child.stdout.pipe(socket, { end: false });
    let isOver = false;
    const hangUp = () => {
      isOver = true;
      child.kill("SIGKILL");
    };
    socket.once("end", () => setTimeout(hangUp, lingerMs).unref());
    socket.once("close", hangUp);
    void Promise.all([endOf(child), finished(child.stdout).catch(() => {})]).then(([{ code, stderr }]) => {
      if (!isOver && code !== 0) this.fault = sshWords(stderr, code);
      socket.destroySoon();
    });
  }
}
