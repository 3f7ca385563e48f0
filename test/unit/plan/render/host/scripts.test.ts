import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parseMarker, renderMarker } from "../../../../../model/host-marker.ts";
import { carryCommand } from "../../../../../plan/render/host/carry.ts";
import { dockerScript, renderDropIn, undockScript } from "../../../../../plan/render/host/docker-order.ts";
import { dockerUserCommand } from "../../../../../plan/render/host/docker-user.ts";
import {
  applyScript,
  confirmScript,
  firewallCommand,
  firewallRemoval,
  removeScript,
  renderUnit,
  rollbackScript,
} from "../../../../../plan/render/host/firewall.ts";
import { type FirewallPlan, renderFirewall } from "../../../../../plan/render/host/firewall-rules.ts";
import { forgetScript, type PackagesPlan, packagesScript } from "../../../../../plan/render/host/packages.ts";
import { clockScript, surveyScript } from "../../../../../provider/host/survey-script.ts";
import { surveyedHost } from "../../../../support/survey.ts";

const { ssh } = surveyedHost("dk");
const admin = { ...ssh, user: "admin", identityFile: "~/.ssh/it's" };
const plan: FirewallPlan = { hostId: "dk", sshPort: 22, udpPort: 51820, interfaceName: "wg0" };
const needs: PackagesPlan = { hostId: "dk", interfaceName: "wg0", vpn: true, firewall: true };

describe("every script", () => {
  it.each(
    Object.entries({
      survey: surveyScript,
      clock: clockScript,
      packages: packagesScript(needs),
      "packages of a host alone": packagesScript({ ...needs, vpn: false, firewall: false }),
      forget: forgetScript,
      docker: dockerScript({ hostId: "dk", interfaceName: "wg0" }),
      "docker of a host alone": dockerScript({ hostId: "dk", interfaceName: undefined }),
      undock: undockScript,
      "docker user": dockerUserCommand(admin),
      apply: applyScript(plan),
      confirm: confirmScript(plan),
      remove: removeScript,
      firewall: firewallCommand(admin, plan),
      "firewall's removal": firewallRemoval(admin),
      carry: carryCommand("dk", admin, "nats:2.15.1"),
    }),
  )("can be read by a shell: %s", (_, script) => {
    expect(execFileSync("sh", ["-n"], { input: script, encoding: "utf8" })).toBe("");
  });
});

describe("the installation", () => {
  it("asks for WireGuard and the firewall only where they are wanted", () => {
    expect(packagesScript(needs)).toMatch(/need wg wireguard-tools[\s\S]*need nft nftables/);
    const less = packagesScript({ ...needs, vpn: false, firewall: false });
    expect(less).not.toMatch(/wireguard-tools|nftables/);
    expect(less).toContain("docker.io");
  });

  it("leaves a mark that the survey reads", () => {
    const marker = { host: "dk", interface: "wg0" };
    expect(packagesScript(needs)).toContain(renderMarker(marker));
    expect(parseMarker(renderMarker(marker))).toEqual(marker);
  });
});

describe("Docker's place in the boot", () => {
  it("is after the VPN, where there is one", () => {
    expect(renderDropIn("wg3")).toContain("After=wg-quick@wg3.service\nWants=wg-quick@wg3.service\n");
    expect(renderDropIn(undefined)).not.toContain("wg-quick");
    expect(renderDropIn(undefined)).toContain("LimitNOFILE=1048576");
  });

  it("lets servers start before the VPN only where there is one", () => {
    const sysctl = "net.ipv4.ip_nonlocal_bind = 1";
    expect(dockerScript({ hostId: "dk", interfaceName: "wg0" })).toContain(sysctl);
    expect(dockerScript({ hostId: "dk", interfaceName: undefined })).not.toContain(sysctl);
  });

  it("restarts an engine only when it has no container that runs", () => {
    const script = dockerScript({ hostId: "dk", interfaceName: "wg0" });
    const restarts = script.split("\n").findIndex((line) => line.includes("systemctl restart docker"));
    expect(script.split("\n")[restarts - 1]).toContain(
      '[ $changed = yes ] && unit && running=$(docker ps --quiet) && [ -z "$running" ]',
    );
  });
});

describe("the firewall", () => {
  it("drops what it does not let in, and lets in SSH and WireGuard", () => {
    const rules = renderFirewall({ ...plan, sshPort: 2222, udpPort: 51999, interfaceName: "wg3" });
    expect(rules).toMatch(/hook input .* policy drop;/);
    expect(rules).toContain("    tcp dport 2222 accept\n    udp dport 51999 accept\n");
    expect(rules.match(/iifname "wg3" accept/g)).toHaveLength(2);
    expect(rules.match(/dport/g)).toHaveLength(4);
  });

  it("has no word of WireGuard on a host in no VPN", () => {
    const rules = renderFirewall({ ...plan, udpPort: undefined, interfaceName: undefined });
    expect(rules).not.toMatch(/wg0|51820|undefined/);
  });

  it("replaces its own table in one step, and touches no other", () => {
    const rules = renderFirewall(plan);
    expect(rules.match(/^(table|delete table|flush).*$/gm)).toEqual([
      "table inet unityplan",
      "delete table inet unityplan",
      "table inet unityplan {",
    ]);
  });

  it("is taken by nftables, where this machine has it", () => {
    const checked = spawnSync("nft", ["-c", "-f", "-"], { input: renderFirewall(plan), encoding: "utf8" });
    expect(checked.error === undefined ? checked.stderr : "").toBe("");
  });

  it("arms its rollback before it comes into force, and comes back at a start only once confirmed", () => {
    const apply = applyScript(plan);
    const places = ["nft -c -f", "systemd-run", "nft -f /etc/unityplan/firewall.nft.new"].map((text) =>
      apply.indexOf(text),
    );
    expect(places).toEqual([...places].sort((left, right) => left - right));
    expect(places[0]).toBeGreaterThan(0);
    expect(apply).not.toContain("systemctl -q enable");
    expect(confirmScript(plan)).toContain("systemctl -q enable unityplan-firewall.service");
    expect(renderUnit()).toContain("ExecStart=/usr/sbin/nft -f /etc/unityplan/firewall.nft\n");
  });

  it("is confirmed by a connection that is a new one", () => {
    const calls = firewallCommand(ssh, plan)
      .split("\n")
      .filter((line) => line.startsWith("'ssh'"));
    expect(calls).toHaveLength(3);
    expect(calls[0]).not.toContain("ControlPath=none");
    for (const call of calls.slice(1))
      expect(call).toMatch(/^'ssh' '-o' 'ControlMaster=no' '-o' 'ControlPath=none' /);
  });
});

describe("the firewall's confirmation on the host", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** Runs a script with the host's files in a folder of the test's, and its programs only written down. */
  function hostWith(...files: string[]) {
    const folder = mkdtempSync(join(tmpdir(), "unityplan-firewall-"));
    folders.push(folder);
    mkdirSync(join(folder, "etc/unityplan"), { recursive: true });
    for (const file of files) writeFileSync(join(folder, "etc/unityplan", file), file);
    const stubs = ["systemctl", "nft", "ip"].map(
      (name) => `${name}() { echo ${name} "$@" >>${folder}/calls; }\n`,
    );
    return {
      run: (script: string) =>
        spawnSync("sh", ["-euc", stubs.join("") + script.replaceAll("/etc/", `${folder}/etc/`)], {
          encoding: "utf8",
        }),
      files: () => readdirSync(join(folder, "etc/unityplan")).sort(),
      content: (file: string) => readFileSync(join(folder, "etc/unityplan", file), "utf8"),
      calls: () => readFileSync(join(folder, "calls"), "utf8").replaceAll(folder, ""),
    };
  }

  it("makes the new firewall the one that comes back at a start, and disarms the rollback", () => {
    const host = hostWith("firewall.nft", "firewall.nft.new");
    expect(host.run(confirmScript(plan))).toMatchObject({ status: 0, stderr: "" });
    expect(host.files()).toEqual(["firewall.nft"]);
    expect(host.content("firewall.nft")).toBe("firewall.nft.new");
    expect(host.calls()).toMatch(
      /stop unityplan-firewall-rollback.timer[\s\S]*enable unityplan-firewall[\s\S]*start/,
    );
    expect(host.run(confirmScript(plan)).status).toBe(0);
  });

  it("fails where the rollback was first, and leaves what was confirmed before", () => {
    const host = hostWith("firewall.nft", "firewall.nft.new");
    expect(host.run(rollbackScript).status).toBe(0);
    expect(host.calls()).toBe("nft -f /etc/unityplan/firewall.nft\n");
    const { status, stderr } = host.run(confirmScript(plan));
    expect([status, stderr]).toEqual([1, "dk: the host has taken the firewall back already\n"]);
    expect(host.content("firewall.nft")).toBe("firewall.nft");
  });

  it("fails where the host has restarted in between, which did not start with the new one", () => {
    const host = hostWith("firewall.nft", "firewall.nft.new");
    const restarted = 'systemctl() { [ "$2" != is-active ]; }\n';
    expect(host.run(restarted + confirmScript(plan))).toMatchObject({
      status: 1,
      stderr: "dk: the host has taken the firewall back already\n",
    });
    expect(host.content("firewall.nft")).toBe("firewall.nft");
  });

  it("takes back what an earlier run left unconfirmed before that one's rollback is disarmed", () => {
    const apply = applyScript(plan);
    const [back, disarmed, armed] = [rollbackScript, "systemctl stop", "systemd-run"].map((part) =>
      apply.indexOf(part),
    );
    expect([back, disarmed, armed]).toEqual(
      [back, disarmed, armed].sort((left = 0, right = 0) => left - right),
    );
    const host = hostWith("firewall.nft", "firewall.nft.new");
    const refusing = 'nft() { echo nft "$@" >>/etc/unityplan/calls; [ "$1" != -c ]; }\n';
    expect(host.run(refusing + apply).status).toBe(1);
    expect(host.content("calls")).toMatch(/^nft -f \S+firewall.nft\nnft -c/);
  });

  it("is too late for the rollback to do anything", () => {
    const host = hostWith("firewall.nft.new");
    host.run(confirmScript(plan));
    const before = host.calls();
    expect(host.run(rollbackScript).status).toBe(0);
    expect(host.calls()).toBe(before);
  });

  it("leaves no firewall where none was confirmed before", () => {
    const host = hostWith("firewall.nft.new");
    host.run(rollbackScript);
    expect(host.calls()).toBe("nft delete table inet unityplan\n");
  });
});
