import { spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runOnHost } from "../../client/ssh.ts";
import { Lab } from "../../harness/lab/lab.ts";
import { type SshHost, sshArguments } from "../../model/ssh.ts";
import { carryCommand } from "../../plan/render/host/carry.ts";
import { dockerScript, undockScript } from "../../plan/render/host/docker-order.ts";
import { dockerUserCommand } from "../../plan/render/host/docker-user.ts";
import { firewallCommand, firewallRemoval } from "../../plan/render/host/firewall.ts";
import { forgetScript, packagesScript } from "../../plan/render/host/packages.ts";
import { contextOf } from "../support/context.ts";
import { survey } from "../support/plugin.ts";

const image = "nats:2.15.1";
const ids = ["dk", "no", "se"];
let lab: Lab;

beforeAll(async () => {
  lab = await Lab.create({ ids });
}, 600_000);
afterAll(() => lab?.dispose(), 60_000);

type Host = ReturnType<typeof hostOf>;
const hostOf = (id: string) => ({
  id,
  ssh: lab.ssh(id),
  tcpPorts: [4222, 6222, 8222],
  udpPort: 51820,
  vpnAddress: `10.0.${ids.indexOf(id) + 1}.1`,
});

/** What the survey says of the hosts, some of them changed; empty when all are fit. */
async function surveyed(
  changes: Partial<Record<string, Partial<Host> | { ssh: SshHost }>> = {},
): Promise<string> {
  const hosts = ids.map((id) => ({ ...hostOf(id), ...changes[id] }));
  const vpnNetworks = ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"];
  const inputs = { hosts, vpnNetworks, interfaceName: "wg0", dataBytes: 1e9, without: [] };
  return survey.create(inputs, contextOf({} as never, { deadline: Date.now() + 60_000 })).then(
    () => "",
    (error: Error) => error.message,
  );
}

async function root(id: string, script: string): Promise<void> {
  const { code, stderr, stdout } = await runOnHost(lab.ssh(id), script, 300_000);
  expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: "", stdout: "" });
}

/** Runs a script of this machine, as `local.Command` does. */
function here(script: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn("/bin/sh", ["-c", script], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text));
    child.on("exit", (code) => resolve({ code, output }));
  });
}

const rules = (id: string, sshPort = 22) => ({ hostId: id, sshPort, udpPort: 51820, interfaceName: "wg0" });
const needs = (hostId: string) => ({ hostId, interfaceName: "wg0", vpn: true, firewall: true });
const tables = (id: string) => lab.exec(id, "nft list tables");

describe("bare hosts", { timeout: 120_000 }, () => {
  it("are fit; and what keeps one from being so is told of all at once", async () => {
    const { hostKey } = lab.host("no");
    await lab.exec("se", "ip address add 10.0.1.9/24 dev eth0");
    const said = await surveyed({
      dk: { ssh: { ...lab.ssh("dk"), hostKey } },
      no: { ssh: { ...lab.ssh("no"), user: "nobody1" } },
    });
    expect(said).toMatch(/^hosts are not fit, in 3 ways/);
    expect(said).toMatch(/- dk: \S+ shows ssh-ed25519 SHA256:\S+, and not the one in ssh\.hostKey/);
    expect(said).toMatch(/- no: \S+ does not let the user nobody1 in/);
    expect(said).toMatch(/- se: its address 10\.0\.1\.9\/24 \(eth0\) overlaps/);
    await lab.exec("se", "ip address delete 10.0.1.9/24 dev eth0");
    expect(await surveyed()).toBe("");
  });

  it("get what is missing, and nothing the second time", async () => {
    await Promise.all(ids.map((id) => root(id, packagesScript(needs(id)))));
    await Promise.all(ids.map((id) => root(id, dockerScript({ hostId: id, interfaceName: "wg0" }))));
    const since = () =>
      lab.exec("dk", "systemctl show docker -p ActiveEnterTimestampMonotonic; ls -l /var/lib/dpkg/status");
    const before = await since();
    await root("dk", packagesScript(needs("dk")));
    await root("dk", dockerScript({ hostId: "dk", interfaceName: "wg0" }));
    expect(await since()).toBe(before);
    expect(await surveyed()).toBe("");
  });

  it("let a user that is not root speak to Docker", async () => {
    const ssh = lab.ssh("no", "admin");
    const docker = () =>
      here(["ssh", ...sshArguments(ssh), "docker", "version"].map((word) => `'${word}'`).join(" "));
    expect((await docker()).code).not.toBe(0);
    expect(await here(dockerUserCommand(ssh))).toEqual({ code: 0, output: "" });
    expect((await docker()).code).toBe(0);
  });

  it("get the image from this machine", async () => {
    expect(await here(carryCommand("dk", lab.ssh("dk"), image))).toEqual({ code: 0, output: "" });
    expect(await lab.exec("dk", `docker image inspect --format '{{.Id}}' ${image}`)).toMatch(/^sha256:/);
    expect((await here(carryCommand("dk", lab.ssh("dk"), "nats:0.0.0"))).output).toContain(
      "has no image nats:0.0.0",
    );
  });
});

describe("the firewall", { timeout: 120_000 }, () => {
  it("takes itself back where SSH does not come through, to nothing or to the one before", async () => {
    for (const before of ["", "table inet unityplan"]) {
      const { code, output } = await here(firewallCommand(lab.ssh("dk"), rules("dk", 2222)));
      expect(code).toBe(1);
      expect(output).toContain("dk: no new SSH connection came through the firewall");
      // A connection that was open before goes on all the while.
      await lab.ready("dk");
      expect((await tables("dk")).includes("table inet unityplan")).toBe(before !== "");
      if (before === "")
        expect(await here(firewallCommand(lab.ssh("dk"), rules("dk")))).toEqual({ code: 0, output: "" });
    }
  });

  it("keeps what Docker publishes from the outside, and is there again after a reboot", async () => {
    await lab.exec("dk", `docker run --detach --restart unless-stopped --publish 4333:4222 ${image}`);
    const { address } = lab.host("dk");
    const outside = () =>
      here(`timeout 3 bash -c 'read -t 2 line </dev/tcp/${address}/4333 && echo "$line"'`);
    expect((await outside()).output).not.toContain("INFO");
    await lab.exec("dk", "nft delete table inet unityplan");
    expect((await outside()).output).toContain("INFO");
    await here(`docker restart ${lab.host("dk").containerName}`);
    await lab.ready("dk");
    await lab.exec("dk", "until docker version >/dev/null 2>&1; do :; done");
    expect(await tables("dk")).toContain("table inet unityplan");
    expect((await outside()).output).not.toContain("INFO");
  });

  it("outlasts the distribution's own, which flushes everybody's", async () => {
    for (const verb of ["start", "reload", "restart", "stop"]) {
      await lab.exec("dk", `systemctl ${verb} nftables`);
      expect(await tables("dk"), verb).toContain("table inet unityplan");
    }
  });

  it("goes with all else that was changed", async () => {
    expect(await here(firewallRemoval(lab.ssh("dk")))).toEqual({ code: 0, output: "" });
    await root("dk", undockScript);
    await root("dk", forgetScript);
    expect(await tables("dk")).not.toContain("unityplan");
    expect(await lab.exec("dk", "find /etc -name '*unityplan*'")).toBe("");
  });
});
