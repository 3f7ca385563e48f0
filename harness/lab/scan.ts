import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { createConnection } from "node:net";
import { pause } from "../../client/poll.ts";
import type { LabHost } from "./host.ts";
import { run } from "./run.ts";

const lastPort = 65_535;
const sshPort = 22;
/** Dialled at once; each takes a file descriptor. */
const atOnce = 5_000;
/** For who drops what he doesn't let in. A listener on the same machine answers within a millisecond. */
const silenceMs = 1_000;
/** How long a host waits for a datagram from outside. */
const listenMs = 1_500;

/**
 * Every TCP port of the host that takes a connection from outside: 3 s where the others refuse, 15 s where they are
 * silent.
 * @throws Error when not even SSH is found: then nothing was seen at all
 */
export async function openTcpPorts(host: Pick<LabHost, "address">): Promise<number[]> {
  const open = await untracked(host.address, async () => {
    const found: number[] = [];
    let next = 1;
    const dialler = async () => {
      for (let port = next++; port <= lastPort; port = next++) {
        if (await takesConnection(host.address, port)) found.push(port);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, dialler));
    return found.sort((one, other) => one - other);
  });
  if (open.includes(sshPort)) return open;
  throw new Error(
    `the scan of ${host.address} did not find SSH, so the scan proves nothing; it found ${open}`,
  );
}

/**
 * Every UDP port of the host that answers anything to an empty datagram. That a port is not among them does not say
 * that nothing listens: WireGuard itself answers to its peers only. `udpGetsIn` shows what the firewall lets in.
 */
export async function answeringUdpPorts(host: Pick<LabHost, "address">): Promise<number[]> {
  const answering = new Set<number>();
  const socket = createSocket("udp4");
  socket.on("message", (_, { port }) => answering.add(port));
  socket.on("error", () => {});
  try {
    await untracked(host.address, async () => {
      for (let port = 1; port <= lastPort; port++) {
        const sent = new Promise((resolve) => socket.send("", port, host.address, resolve));
        if (port % 100 === 0) await sent;
      }
      await pause(silenceMs);
    });
  } finally {
    socket.close();
  }
  return [...answering].sort((one, other) => one - other);
}

/** Says that it listens, then whether a datagram came from elsewhere within the seconds. */
const listener =
  'my ($port, $seconds) = @ARGV; $| = 1; my $socket = IO::Socket::INET->new(Proto => "udp", LocalPort => $port) or die $!; ' +
  'print "listening\\n"; my $bits = ""; vec($bits, fileno($socket), 1) = 1; ' +
  'print select($bits, undef, undef, $seconds) > 0 ? "came\\n" : "silence\\n";';

/**
 * Whether a datagram from outside reaches a program that listens on that port of the host: one is started there.
 * @param port one that nothing uses on the host
 */
export async function udpGetsIn(host: LabHost, port: number): Promise<boolean> {
  const perl = ["perl", "-MIO::Socket::INET", "-e", listener, String(port), String(listenMs / 1000)];
  const child = spawn("docker", ["exec", host.containerName, ...perl]);
  let said = "";
  let ended = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data: Buffer) => {
      said += data.toString();
    });
  }
  child.on("close", () => {
    ended = true;
  });
  child.on("error", (error) => {
    said += error.message;
    ended = true;
  });
  const socket = createSocket("udp4");
  socket.on("error", () => {});
  while (!ended) {
    if (said.includes("listening")) socket.send("anybody there?", port, host.address);
    await pause(50);
  }
  socket.close();
  if (/came|silence/.test(said)) return said.includes("came");
  throw new Error(`nothing could listen on UDP port ${port} of ${host.id}: ${said}`);
}

/** Keeps thousands of connections out of the kernel's table of them, which all tests of the machine share. */
async function untracked<T>(address: string, work: () => Promise<T>): Promise<T> {
  const table = `lab-scan-${address.replaceAll(".", "-")}`;
  const rules = `table ip ${table} {
  chain output { type filter hook output priority raw; ip daddr ${address} notrack; }
  chain input { type filter hook prerouting priority raw; ip saddr ${address} notrack; }
}\n`;
  await run("nft", ["-f", "-"], { input: Buffer.from(rules) });
  try {
    return await work();
  } finally {
    await run("nft", ["delete", "table", "ip", table]);
  }
}

function takesConnection(address: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: address, port });
    const done = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    // A busy loop comes to its timers late, and then before it has looked at what arrived in time.
    const timer = setTimeout(() => setImmediate(() => setImmediate(done, false)), silenceMs);
    socket.once("connect", () => done(true));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ECONNRESET"].includes(error.code ?? ""))
        return done(false);
      clearTimeout(timer);
      reject(new Error(`dialling port ${port} of ${address} failed on this machine: ${error.message}`));
    });
  });
}
