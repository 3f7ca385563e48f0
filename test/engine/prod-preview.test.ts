import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { needPrograms } from "../../harness/lab/programs.ts";
import type { Ran } from "../../harness/run.ts";
import { Clone } from "../support/clone.ts";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCXm0kPp2aFwcYxQhJ0bq9eV3vW0Xq1lqk2mJcJm0xF";
let clone: Clone;
const file = () => join(clone.folder, "Pulumi.prod.yaml");

beforeAll(async () => {
  await needPrograms(() => {});
  clone = await Clone.create();
});

afterAll(async () => {
  await clone?.dispose();
});

it("the prod stack as it is in the project names every host key that is still to be set", async () => {
  const { code, stdout } = await clone.command("preview", "prod");
  expect(code).not.toBe(0);
  for (const id of ["copenhagen", "oslo", "stockholm"])
    expect(stdout).toContain(`prod hosts.${id}.ssh.hostKey: "<host key of ${id}>"`);
});

it("a preview of prod shows every resource of hosts that do not exist, and dials nobody", async () => {
  writeFileSync(
    file(),
    readFileSync(file(), "utf8").replace(/"<host key of \w+>"/g, JSON.stringify(hostKey)),
  );
  const { code, stdout, stderr, sent } = await watched(
    process.execPath,
    "toolchain/run.mjs",
    "preview",
    "prod",
  );
  expect(code, stderr).toBe(0);
  expect(sent).toBe(0);
  const lines = new Set(stdout.split("\n"));
  for (const id of ["copenhagen", "oslo", "stockholm"])
    for (const name of [
      `host ${id}-packages`,
      `host ${id}-docker`,
      `host ${id}-firewall`,
      `WireGuard of ${id}`,
      `image ${id}-image`,
    ])
      expect.soft(lines).toContain(`+ ${name}: created`);
  for (const id of ["dk", "no", "se"])
    for (const name of [`server ${id}`, `volume ${id}-data`, `stream TERRITORY_${id.toUpperCase()}`])
      expect.soft(lines).toContain(`+ ${name}: created`);
});

it("whoever dials is seen", async () => {
  const { sent } = await watched(
    "node",
    "-e",
    'require("node:net").connect(22, "45.123.45.67").on("error", () => {}); setTimeout(() => process.exit(), 200)',
  );
  expect(sent).toBeGreaterThan(0);
});

/**
 * Runs a program in a network of its own, whose only way out is a cable to nobody: the packets in it are those of
 * everyone who tried.
 */
async function watched(...program: string[]): Promise<Ran & { readonly sent: number }> {
  const script = `
sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link set lo up
ip link add out type veth peer name nobody
ip link set nobody up
ip link set out up
ip address add 192.0.2.1/24 dev out
ip route add default dev out
export PULUMI_CONFIG_PASSPHRASE=test
"$@"
code=$?
printf '\\nsent: '
ip -statistics -json link show out
exit $code`;
  const ran = await clone.program("unshare", "--net", "sh", "-c", script, "sh", ...program);
  const [, counters = "[]"] = ran.stdout.split("\nsent: ");
  const [link] = JSON.parse(counters) as { stats64: { tx: { packets: number } } }[];
  if (link === undefined) throw new Error(`the packets were not counted: ${ran.stderr}`);
  return { ...ran, sent: link.stats64.tx.packets };
}
