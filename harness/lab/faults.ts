import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { poll } from "../../client/poll.ts";
import { runProgram } from "../../toolchain/run-program.ts";
import type { CableSettings } from "./cable.ts";
import {
  cableAddressOf,
  cableDevice,
  hardwareAddressOf,
  type Links,
  type Place,
  ruleset,
  type Slowness,
} from "./links.ts";
import { run, systemEnv } from "./run.ts";

const plugMs = 10_000;

/** Opens the TAP device named first and becomes the program named next, with it as descriptor 3: Node has no ioctl. */
const openTap =
  'my ($name, @program) = @ARGV; $^F = 3; open(my $tap, "+<", "/dev/net/tun") or die "/dev/net/tun: $!"; ' +
  'ioctl($tap, 0x400454ca, pack("a16 S x22", $name, 0x1002)) or die "TUNSETIFF: $!"; ' +
  'fileno($tap) == 3 or die "no descriptor 3"; exec @program or die $!;';

/** Makes the links between a lab's hosts as they are to be. The lab's bridge has the prefix as its name. */
export async function applyLinks(
  prefix: string,
  places: readonly Place[],
  before: Links,
  wanted: Links,
): Promise<void> {
  const otherCable = JSON.stringify(before.slow) !== JSON.stringify(wanted.slow);
  if (otherCable) await pullCable(prefix);
  // First the cable, then what leads into it.
  if (otherCable && wanted.slow !== undefined) await plugCable(prefix, places, wanted.slow);
  const input = Buffer.from(ruleset(prefix, places, wanted));
  await run("nft", ["-f", "-"], { input });
}

/** Takes every trace of the faults away, also where there is none. */
export async function removeFaults(prefix: string): Promise<void> {
  await runProgram("nft", ["delete", "table", "bridge", prefix], { env: systemEnv(), timeoutSeconds: 20 });
  await pullCable(prefix);
}

async function plugCable(prefix: string, places: readonly Place[], slow: Slowness): Promise<void> {
  const device = cableDevice(prefix);
  const targets = Object.fromEntries(
    places.map(({ address }) => [cableAddressOf(address), hardwareAddressOf(address)]),
  );
  const settings: CableSettings = { ...slow, targets };
  const cable = fileURLToPath(new URL("cable.ts", import.meta.url));
  const program = [process.execPath, cable, JSON.stringify(settings)];
  // It may outlive this process. Removing the device ends it.
  const child = spawn("perl", ["-e", openTap, device, ...program], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (data: Buffer) => {
    said += data.toString();
  });
  const ended = once(child, "exit").then(() => true);
  await poll(Date.now() + plugMs, async () => {
    if (existsSync(`/sys/class/net/${device}`)) return { done: true };
    if (await Promise.race([ended, false])) throw new Error(`the long cable can't be plugged in: ${said}`);
    return { waitingFor: `the network device ${device}` };
  });
  child.stderr.destroy();
  child.unref();
  await joinBridge(prefix, device, Object.keys(targets));
}

/** @param addresses hardware addresses that are behind the device */
async function joinBridge(prefix: string, device: string, addresses: readonly string[]): Promise<void> {
  await run("ip", ["link", "set", device, "master", prefix, "up"]);
  // The hosts' own addresses must stay where they are, although their frames come out of the cable.
  const bridge = (...args: string[]) => run("bridge", args);
  await bridge("link", "set", "dev", device, "learning", "off", "flood", "off");
  for (const address of addresses) await bridge("fdb", "replace", address, "dev", device, "master", "static");
}

async function pullCable(prefix: string): Promise<void> {
  const args = ["link", "delete", cableDevice(prefix)];
  await runProgram("ip", args, { env: systemEnv(), timeoutSeconds: 20 });
}
