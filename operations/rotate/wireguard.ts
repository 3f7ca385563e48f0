import { natsTypes } from "../../model/resource-types.ts";
import { deployedKeys, keyNames } from "../../plan/transitions/vpn-keys.ts";
import type { VpnPlan } from "../../plan/vpn-plan.ts";
import { yesFlag } from "../cli/arguments.ts";
import { Failure, runCommand } from "../cli/command.ts";
import { approvalFlags } from "../stack/approval.ts";
import { Stack, type StateResource } from "../stack/stack.ts";
import { editConfiguration, withValue } from "./edit.ts";
import { type VpnScope, vpnSteps } from "./vpn-walk.ts";

const usage = {
  command: "rotate -- wireguard",
  help:
    "Replaces the keys of the VPN: one update for the preshared keys, then one update for each host's private key. Writes " +
    "each step into Pulumi.STACK.yaml. You can interrupt the command at any time, and run it again.",
  flags: [
    { name: "preshared", help: "replaces only the preshared keys" },
    { name: "host", argument: "HOST", help: "replaces only this host's private key" },
    yesFlag,
  ],
};

/** `npm run rotate -- wireguard`. */
export async function rotateWireGuard(argv: readonly string[]): Promise<void> {
  await runCommand(
    usage,
    async ({ stack: name, given, values }) => {
      const approval = approvalFlags("rotate -- wireguard", name, given.has("yes"));
      const stack = await Stack.open(name, { engine: true });
      const vpn = vpnOf(stack);
      const scope = scopeOf(vpn, given.has("preshared"), values.get("host"));
      const resources = await stack.resources();
      // The updates of a rotation would start the servers of a stack that was taken down.
      if (!isUp(resources)) throw new Failure(`${name} is not up: run \`npm run up -- ${name}\` first`);
      if (!isDone(resources, vpn)) {
        say(name, "finishing the update that was interrupted");
        const code = await stack.run("up", approval);
        if (code !== 0) return stopped(name, code);
      }
      for (const { path, generation, says } of vpnSteps(generationsOf(vpn), scope)) {
        say(name, says);
        editConfiguration(name, (sections) => withValue(sections, path.split("."), generation));
        const code = await (await Stack.open(name, { engine: true })).run("up", approval);
        if (code !== 0) return stopped(name, code);
      }
      process.stdout.write("\nThe rotation is finished.\n");
      return 0;
    },
    argv,
  );
}

/** `down` leaves the hosts in the VPN, with their keys. */
function isUp(resources: readonly StateResource[]): boolean {
  return resources.some(({ type }) => type === natsTypes.node);
}

function vpnOf({ name, topology }: Stack): VpnPlan {
  if (topology.vpn !== undefined) return topology.vpn;
  throw new Failure(`${name} has no VPN: none of its hosts has the section wireguard`);
}

/** @throws Failure naming what can't be rotated */
function scopeOf({ peers }: VpnPlan, preshared: boolean, hostId: string | undefined): VpnScope {
  if (preshared && hostId !== undefined)
    throw new Failure(
      "--preshared and --host are two updates: give only one of them, or neither to replace all keys",
    );
  if (preshared) return "preshared";
  if (hostId === undefined) return "all";
  const known = peers.map((peer) => peer.hostId);
  if (known.includes(hostId)) return { hostId };
  throw new Failure(`"${hostId}" is not a host of the VPN; its hosts are ${known.join(", ")}`);
}

function generationsOf({ peers, presharedKeyGeneration }: VpnPlan) {
  const hosts = Object.fromEntries(peers.map(({ hostId, keyGeneration }) => [hostId, keyGeneration]));
  return { hosts, presharedKeys: presharedKeyGeneration };
}

/** Whether the last update has given the hosts the keys of the configuration: then no older key is left. */
function isDone(resources: readonly StateResource[], { peers, presharedKeyGeneration }: VpnPlan): boolean {
  const { hosts, presharedKeys } = deployedKeys(keyNames(resources));
  return (
    isOnly(presharedKeys, presharedKeyGeneration) &&
    peers.every(({ hostId, keyGeneration }) => isOnly(hosts.get(hostId) ?? [], keyGeneration))
  );
}

function isOnly(generations: readonly number[], generation: number): boolean {
  return generations.length === 1 && generations[0] === generation;
}

function say(stack: string, what: string): void {
  process.stdout.write(`\n${stack}: ${what}\n\n`);
}

function stopped(stack: string, code: number): number {
  process.stdout.write(
    "\nThe rotation stopped here. Nothing is lost. Fix the error above, then run " +
      `\`npm run rotate -- wireguard ${stack}\` again: it goes on from here.\n`,
  );
  return code;
}
