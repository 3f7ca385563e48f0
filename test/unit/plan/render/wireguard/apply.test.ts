import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../../../../harness/run.ts";
import { appliedInterface, applyScript, removeScript } from "../../../../../plan/render/wireguard/apply.ts";
import { renderConf } from "../../../../../plan/render/wireguard/conf.ts";
import type { VpnPlan } from "../../../../../plan/vpn-plan.ts";

const ids = ["dk", "no", "se"];
const key = (letter: string) => `${letter.repeat(42)}A=`;

function planOf(hostIds: readonly string[]): VpnPlan {
  const peers = hostIds.map((hostId) => {
    const number = ids.indexOf(hostId) + 1;
    return {
      hostId,
      address: `10.0.${number}.1`,
      network: `10.0.${number}.0/24`,
      endpoint: `198.51.100.${number}:51820`,
      listenPort: 51820,
      keyGeneration: 1,
    };
  });
  return { interfaceName: "wg0", mtu: 1420, presharedKeyGeneration: 1, peers };
}

/** Of the host dk: what it is given, and of each other host what may differ. */
function confOf(plan: VpnPlan, { privateKey = key("K"), presharedKey = key("S") } = {}): string {
  const [own, ...others] = plan.peers;
  if (own === undefined) throw new Error("the plan is empty");
  const letter: Record<string, string> = { no: "N", se: "E" };
  return renderConf({
    own,
    privateKey,
    mtu: plan.mtu,
    others: others.map((peer) => ({ peer, publicKey: key(letter[peer.hostId] ?? "X"), presharedKey })),
  });
}

/** What `wg showconf` shows of a device that was given this. */
const deviceOf = (conf: string) => conf.replaceAll(/^(#|Address|MTU).*\n/gm, "");

/** Stand for the tools: they write down how they were called, and answer from files. */
const tools: Record<string, string> = {
  wg: `case "$1" in
    show) [ -e "$TEST/device" ] ;;
    showconf) cat "$TEST/device" ;;
    setconf) ! grep -q Nonsense "$3" || echo 'Line unrecognized: Nonsense=1
Configuration parsing error' >&2; exit 1 ;;
    set) echo "wg $*" >> "$TEST/calls"
      for word; do case "$word" in /*) echo "file $(cat "$word")" >> "$TEST/calls" ;; esac; done ;;
  esac`,
  "wg-quick": `[ "$1" = strip ] && grep -vE '^(Address|MTU)' "$2"`,
  systemctl: `case "$1" in
    is-active | is-enabled) [ -e "$TEST/unit" ]; exit ;;
    restart) [ ! -e "$TEST/broken" ] || exit 1; touch "$TEST/device" "$TEST/unit" ;;
    disable) rm -f "$TEST/device" "$TEST/unit" ;;
  esac
  echo "systemctl $*" >> "$TEST/calls"`,
  ip: `case "$*" in
    "link show dev wg0") [ -e "$TEST/device" ] ;;
    "-4 -o address show dev wg0") cat "$TEST/addresses" ;;
    "-4 route show dev wg0 proto boot") cat "$TEST/routes" ;;
    *) echo "ip $*" >> "$TEST/calls" ;;
  esac`,
  journalctl: "echo what the unit said",
  sync: ":",
};

let folder: string;
const path = (name: string) => join(folder, name);
const text = (name: string) => readFileSync(path(name), "utf8");
const file = () => path("etc/wg0.conf");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "unityplan-wireguard-"));
  mkdirSync(path("bin"));
  for (const [name, lines] of Object.entries(tools)) {
    writeFileSync(path(`bin/${name}`), `#!/bin/sh\n${lines}\n`);
    chmodSync(path(`bin/${name}`), 0o755);
  }
  writeFileSync(path("calls"), "");
  writeFileSync(path("addresses"), "2: wg0 inet 10.0.1.1/24 scope global wg0\n");
  writeFileSync(path("routes"), "10.0.2.0/24 scope link\n10.0.3.0/24 scope link\n");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The interface runs with this already. */
function runs(conf: string): void {
  mkdirSync(path("etc"));
  writeFileSync(file(), conf);
  writeFileSync(path("device"), deviceOf(conf));
  writeFileSync(path("unit"), "");
}

async function perform(script: string, input: string) {
  const here = script.replaceAll("/etc/wireguard", path("etc")).replaceAll("/run/", `${folder}/`);
  const env = { PATH: `${path("bin")}:${process.env.PATH}`, TEST: folder };
  const { code, stderr } = await run("sh", ["-euc", here], { env, input });
  return { code, stderr, calls: text("calls").trimEnd().split("\n") };
}

const apply = (plan: VpnPlan, conf = confOf(plan)) =>
  perform(applyScript(appliedInterface(plan, "dk")), conf);
const three = planOf(ids);
const settingTheDevice = (calls: readonly string[]) => calls.filter((call) => /^(wg|file) /.test(call));

describe("the script that applies a host's configuration", () => {
  it("is one that every POSIX shell reads", () => {
    for (const script of [applyScript(appliedInterface(three, "dk")), removeScript("wg0")])
      expect(() => execFileSync("sh", ["-n"], { input: script })).not.toThrow();
  });

  it("holds no key, so that it may show", () => {
    expect(applyScript(appliedInterface(three, "dk"))).not.toMatch(/[A-Za-z0-9+/]{42}A=/);
  });

  it("starts the unit the first time, with a file that only root reads", async () => {
    const { code, calls } = await apply(three);
    expect(code).toBe(0);
    expect(calls).toContain("systemctl restart wg-quick@wg0.service");
    expect(text("etc/wg0.conf")).toBe(confOf(three));
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(path("etc")).mode & 0o777).toBe(0o700);
    expect(existsSync(path("etc/.wg0.next"))).toBe(false);
  });

  it("enables the unit, so that the VPN is there after a reboot", async () => {
    runs(confOf(three));
    writeFileSync(
      path("bin/systemctl"),
      `#!/bin/sh\n${tools.systemctl?.replace("is-active | is-enabled", "is-enabled) exit 1 ;; is-active")}\n`,
    );
    expect((await apply(three)).calls).toContain("systemctl enable --quiet wg-quick@wg0.service");
  });

  it("leaves a device alone that is as it should be", async () => {
    runs(confOf(three));
    const { code, calls } = await apply(three);
    expect(code).toBe(0);
    expect(settingTheDevice(calls)).toEqual([]);
    expect(calls.filter((call) => /restart|delete|del |route add/.test(call))).toEqual([]);
  });

  it("adds and removes one host without touching another one", async () => {
    runs(confOf(planOf(["dk", "no"])));
    expect(settingTheDevice((await apply(three)).calls)).toEqual([
      expect.stringMatching(
        `^wg set wg0 peer ${key("E")} preshared-key \\S+ endpoint 198.51.100.3:51820 persistent-keepalive 25 allowed-ips 10.0.3.0/24$`,
      ),
      `file ${key("S")}`,
    ]);
    writeFileSync(path("calls"), "");
    writeFileSync(path("device"), deviceOf(confOf(three)));
    expect(settingTheDevice((await apply(planOf(["dk", "no"]))).calls)).toEqual([
      `wg set wg0 peer ${key("E")} remove`,
    ]);
  });

  it("sets a new private key and nothing else, by way of a file", async () => {
    runs(confOf(three));
    const { calls } = await apply(three, confOf(three, { privateKey: key("L") }));
    expect(settingTheDevice(calls)).toEqual([
      expect.stringMatching(/^wg set wg0 private-key \/\S+$/),
      `file ${key("L")}`,
    ]);
  });

  it("takes another host's new key before it lets go of the old one", async () => {
    runs(confOf(three).replace(key("N"), key("O")));
    const [added, , removed] = settingTheDevice((await apply(three)).calls);
    expect(added).toContain(`peer ${key("N")} preshared-key`);
    expect(removed).toBe(`wg set wg0 peer ${key("O")} remove`);
  });

  it("sets new preshared keys, and forgets one that is not wanted", async () => {
    runs(confOf(three));
    const { calls } = await apply(three, confOf(three, { presharedKey: key("T") }));
    expect(calls.filter((call) => call === `file ${key("T")}`)).toHaveLength(2);
    writeFileSync(path("calls"), "");
    const without = await apply(three, confOf(three).replaceAll(/PresharedKey.*\n/g, ""));
    expect(settingTheDevice(without.calls)).toEqual([
      expect.stringMatching(/^wg set wg0 peer N+A= preshared-key \S+$/),
      "file ",
      expect.stringMatching(/^wg set wg0 peer E+A= preshared-key \S+$/),
      "file ",
    ]);
  });

  it("puts address, MTU and routes right, and no route of others", async () => {
    runs(confOf(planOf(["dk", "no"])));
    writeFileSync(
      path("addresses"),
      "2: wg0 inet 10.0.1.1/32 scope global\n2: wg0 inet 10.0.1.1/24 scope global\n",
    );
    writeFileSync(path("routes"), "10.0.3.0/24 scope link\n10.0.9.0/24 scope link\n");
    const { calls } = await apply(planOf(["dk", "no"]));
    expect(calls.filter((call) => call.startsWith("ip "))).toEqual([
      "ip -4 address replace 10.0.1.1/24 dev wg0",
      "ip -4 address del 10.0.1.1/32 dev wg0",
      "ip -4 address replace 10.0.1.1/24 dev wg0",
      "ip link set dev wg0 mtu 1420 up",
      "ip -4 route add 10.0.2.0/24 dev wg0",
      "ip -4 route del 10.0.3.0/24 dev wg0 proto boot",
      "ip -4 route del 10.0.9.0/24 dev wg0 proto boot",
    ]);
  });

  it("restarts the unit where the device is gone although the unit reads as active", async () => {
    runs(confOf(three));
    rmSync(path("device"));
    expect((await apply(three)).calls).toContain("systemctl restart wg-quick@wg0.service");
  });

  it("takes over a device that somebody brought up by hand", async () => {
    runs(confOf(three));
    rmSync(path("unit"));
    const { calls } = await apply(three);
    expect(calls.slice(0, 3)).toEqual([
      "ip link delete dev wg0",
      "systemctl reset-failed wg-quick@wg0.service",
      "systemctl restart wg-quick@wg0.service",
    ]);
  });

  it.each<[string, (conf: string) => string, string]>([
    ["arrives half", (conf) => conf.slice(0, -20), "did not arrive whole"],
    ["is empty", () => "", "did not arrive whole"],
    ["has a line that WireGuard does not know", (conf) => conf.replace("ListenPort", "Nonsense"), "Nonsense"],
    ["has no key", (conf) => conf.replace(/PrivateKey.*\n/, ""), "there is no private key"],
  ])("leaves file and device as they were when what it is given %s", async (_, spoilt, words) => {
    runs(confOf(planOf(["dk", "no"])));
    const { code, stderr, calls } = await apply(three, spoilt(confOf(three)));
    expect(code).toBe(1);
    expect(stderr).toContain(words);
    expect(calls).toEqual([""]);
    expect(text("etc/wg0.conf")).toBe(confOf(planOf(["dk", "no"])));
    expect(existsSync(path("etc/.wg0.next"))).toBe(false);
  });

  it.each([true, false])(
    "puts the old file back when the unit does not start (was there: %s)",
    async (wasThere) => {
      if (wasThere) runs("old");
      rmSync(path("device"), { force: true });
      writeFileSync(path("broken"), "");
      const { code, stderr } = await apply(three);
      expect(code).toBe(1);
      expect(stderr).toContain("what the unit said");
      expect(existsSync(file()) ? text("etc/wg0.conf") : undefined).toBe(wasThere ? "old" : undefined);
    },
  );

  it("shows no key, whatever the tools say", async () => {
    runs(confOf(three));
    const says = `echo 'Key is not the correct length or format: \`short'
echo 'Trouble with ${key("K")}'`;
    writeFileSync(path("bin/wg-quick"), `#!/bin/sh\n{ ${says}\n} >&2; exit 1\n`);
    const { code, stderr } = await apply(three);
    expect(code).toBe(1);
    expect(stderr).toContain("Trouble with (a key)");
    expect(stderr).not.toMatch(/short|KKK/);
  });

  it.each([
    [`a key ${key("K")}.`, "a key (a key).\n"],
    ["PrivateKey = half", "PrivateKey (not shown)\n"],
    ["RTNETLINK answers: File exists", "RTNETLINK answers: File exists\n"],
  ])("shows %j of a tool without a key, and ends as the tool did", async (said, shown) => {
    runs(confOf(three));
    const says = `case "$*" in *address*) echo 'nothing'; echo '${said}' >&2; exit 3 ;; esac`;
    writeFileSync(path("bin/ip"), `#!/bin/sh\n${says}\n`);
    expect(await apply(three)).toMatchObject({ code: 3, stderr: shown });
  });

  it.each(["", "wg0;reboot", "../wg0", "wg3456789012345678"])(
    "is not made for an interface %j",
    (interfaceName) => {
      expect(() => applyScript({ ...appliedInterface(three, "dk"), interfaceName })).toThrow(
        "is not an interface",
      );
      expect(() => removeScript(interfaceName)).toThrow("is not an interface");
    },
  );

  it("is not made for a host outside of the VPN", () => {
    expect(() => appliedInterface(three, "fi")).toThrow("the host fi is not in the VPN");
  });
});

describe("the script that takes the interface down for good", () => {
  it("leaves no key behind, and may run where nothing is", async () => {
    runs(confOf(three));
    for (const round of [1, 2]) {
      const { code } = await perform(removeScript("wg0"), "");
      expect([round, code, existsSync(file()), existsSync(path("device"))]).toEqual([round, 0, false, false]);
    }
    expect(text("calls")).toContain("systemctl disable --now --quiet wg-quick@wg0.service");
  });
});
