import { randomInt } from "node:crypto";
import { networkInterfaces } from "node:os";
import { runProgram } from "../../toolchain/run-program.ts";

/** Labs have one of 10.77.0.0/24 to 10.77.255.0/24: Docker's own pools and the VPN's networks are elsewhere. */
const firstBytes = "10.77";

/** The address of a lab's host, by its place; this machine is `.1`, where hosts look for a router. */
export function hostAddress(subnet: string, place: number): string {
  return subnet.replace(/\d+\/24$/, String(11 + place));
}

/** The third bytes that no interface of this machine uses, from a place of one's choice on. */
export function freeThirdBytes(used: readonly string[], start: number): number[] {
  const all = Array.from({ length: 256 }, (_, offset) => (start + offset) % 256);
  return all.filter((byte) => !used.some((address) => address.startsWith(`${firstBytes}.${byte}.`)));
}

/**
 * Makes a network that leads nowhere else: nothing on a test host can reach more than the lab.
 * @param name also of the bridge on this machine: at most 15 characters
 * @returns its subnet
 */
export async function makeNetwork(name: string, labels: readonly string[]): Promise<string> {
  const used = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address }) => address),
  );
  const bridgeName = `--opt=com.docker.network.bridge.name=${name}`;
  let refusal = "each of them is in use";
  for (const byte of freeThirdBytes(used, randomInt(256))) {
    const subnet = `${firstBytes}.${byte}.0/24`;
    const args = ["network", "create", "--internal", ...labels, bridgeName, "--subnet", subnet, name];
    const { code, output } = await runProgram("docker", args, { env: process.env, timeoutSeconds: 60 });
    if (code === 0) return subnet;
    refusal = output.trim();
    // Another lab took it at the same time.
    if (!/overlap/i.test(refusal)) break;
  }
  throw new Error(`no network ${firstBytes}.N.0/24 for the test hosts: ${refusal}`);
}
