import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { RemoteResult } from "../../../../client/ssh.ts";
import type { MeshPeer } from "../../../../model/contract/mesh.ts";
import { type Properties, unknown } from "../../../../model/contract/properties.ts";
import type { SshHost } from "../../../../model/ssh.ts";
import { meshGate } from "../../../../provider/host/mesh.ts";
import { meshScript, parseHeard } from "../../../../provider/host/mesh-script.ts";
import { type Look, mendOf, verdictOn } from "../../../../provider/host/mesh-verdict.ts";
import { contextOf } from "../../../support/context.ts";
import { fakeCluster } from "../../../support/fake-cluster.ts";

const key = (letter: string) => `${letter.repeat(42)}A=`;
const peerOf = (hostId: string, number: number): MeshPeer => ({
  hostId,
  address: `10.0.${number}.1`,
  endpoint: `198.51.100.${number}:51820`,
  publicKey: key(String(number)),
});
const peers = [peerOf("dk", 1), peerOf("no", 2), peerOf("se", 3)];
const now = 1_800_000_000;

/** What a host prints: how long ago it shook hands with each other one (null: never), and who answered. */
function printed(ago: Readonly<Record<string, number | null>>, answered: readonly string[]): string {
  const of = (hostId: string) => peers.find((peer) => peer.hostId === hostId) ?? peerOf(hostId, 9);
  return [
    ...answered.map((hostId) => `answer ${of(hostId).address}`),
    `now ${now}`,
    ...Object.entries(ago).map(
      ([hostId, seconds]) => `${of(hostId).publicKey}\t${seconds === null ? 0 : now - seconds}`,
    ),
    "interface",
    "",
  ].join("\n");
}

const healthy: Readonly<Record<string, string>> = {
  dk: printed({ no: 5, se: 100 }, ["no", "se"]),
  no: printed({ dk: 5, se: 179 }, ["dk", "se"]),
  se: printed({ dk: 100, no: 0 }, ["dk", "no"]),
};

function verdict(spoilt: Readonly<Record<string, string | { failure: string }>>) {
  const looks = Object.entries({ ...healthy, ...spoilt }).map(([hostId, said]): [string, Look] => {
    if (typeof said !== "string") return [hostId, said];
    const heard = parseHeard(said);
    return [hostId, heard === undefined ? { failure: "not understood" } : { heard }];
  });
  return verdictOn(peers, new Map(looks));
}

describe("the script that asks a host about the others", () => {
  it("is one that every POSIX shell reads, and shows no key but public ones", () => {
    const script = meshScript("wg0", ["10.0.2.1", "10.0.3.1"]);
    expect(() => execFileSync("sh", ["-n"], { input: script })).not.toThrow();
    expect(script.match(/wg show \S+ \S+/g)).toEqual(["wg show 'wg0' latest-handshakes"]);
  });

  it("is understood, also where the interface is not there, and else refused", () => {
    expect(parseHeard(printed({ no: 5, se: null }, ["no"]))).toEqual({
      nowSeconds: now,
      handshakes: new Map([
        [key("2"), now - 5],
        [key("3"), 0],
      ]),
      answered: new Set(["10.0.2.1"]),
    });
    expect(parseHeard(`now ${now}\n`)?.handshakes).toBeUndefined();
    expect(parseHeard("Welcome!\n")).toBeUndefined();
  });
});

describe("the verdict on the VPN", () => {
  it("is good when every way has a young handshake and an answer", () => {
    expect(verdict({})).toEqual({ faults: [], unreached: [] });
  });

  it.each<[string, string, string]>([
    [
      "that never shook hands",
      printed({ dk: 5, se: null }, ["dk"]),
      "no → se: no handshake, no answer from 10.0.3.1",
    ],
    ["whose handshake is old", printed({ dk: 5, se: 180 }, ["dk", "se"]), "no → se: no handshake for 180 s"],
    ["that does not answer", printed({ dk: 5, se: 5 }, ["dk"]), "no → se: no answer from 10.0.3.1"],
    [
      "with another key",
      printed({ dk: 5 }, ["dk", "se"]),
      "no → se: it does not know the VPN key of that host",
    ],
  ])("names the way to a host %s, and only that one", (_, said, fault) => {
    const unreached = fault.includes("key") ? [] : ["se"];
    expect(verdict({ no: said })).toEqual({ faults: [fault], unreached });
  });

  it("names hosts that say nothing or have no interface, and all faults at once", () => {
    const { faults } = verdict({
      dk: { failure: "Connection timed out" },
      no: `now ${now}\n`,
      se: printed({ dk: null, no: 1 }, []),
    });
    expect(faults).toEqual([
      "dk could not be asked: Connection timed out",
      "no has no interface for the VPN",
      "se → dk: no handshake, no answer from 10.0.1.1",
      "se → no: no answer from 10.0.2.1",
    ]);
  });

  it("says what to look at: where the unreached hosts are, firewalls, clocks, and how to leave one out", () => {
    const mend = mendOf(peers, { faults: [], unreached: ["se"] });
    for (const words of ["se at 198.51.100.3:51820", "UDP", "provider", "clock", "--skip"])
      expect(mend).toContain(words);
    expect(mend).not.toContain("198.51.100.2");
    expect(mendOf(peers, { faults: ["x"], unreached: [] })).not.toContain("UDP");
  });
});

const ssh = (number: number): SshHost => ({
  address: `198.51.100.${number}`,
  port: 22,
  user: "root",
  hostKey: "ssh-ed25519 AAAA",
  identityFile: undefined,
});
const inputs = {
  interfaceName: "wg0",
  peers: peers.map((peer, index) => ({ ...peer, ssh: ssh(index + 1) })),
  revision: ["dk 1"],
  without: [] as string[],
};
const context = (patienceMs: number) =>
  contextOf(
    fakeCluster(() => {
      throw new Error("no server is asked");
    }),
    { deadline: Date.now() + patienceMs },
  );

/** Stands for the hosts: says how each was asked, and what each answers in which round. */
function hosts(answers: (hostId: string, round: number) => Partial<RemoteResult>) {
  const asked: { hostId: string; script: string }[] = [];
  const gate = meshGate(async ({ address }, script) => {
    const hostId = inputs.peers.find((peer) => peer.ssh.address === address)?.hostId ?? "";
    asked.push({ hostId, script });
    const round = asked.filter((one) => one.hostId === hostId).length;
    return { code: 0, stdout: "", stderr: "", ...answers(hostId, round) };
  });
  return { gate, asked };
}

describe("the gate of the VPN", () => {
  it("names every fault of its inputs", () => {
    const { failures } = hosts(() => ({})).gate.check(
      { interfaceName: "", revision: "x", next: 1 },
      undefined,
    );
    expect(failures.map(({ property }) => property)).toEqual([
      "interfaceName",
      "peers",
      "revision",
      "without",
      "next",
    ]);
  });

  it("asks every host about all others, once where all is well", async () => {
    const { gate, asked } = hosts((hostId) => ({ stdout: healthy[hostId] ?? "" }));
    expect(await gate.create(inputs, context(30_000))).toEqual({ id: "wg0", state: inputs });
    expect(asked.map(({ hostId }) => hostId)).toEqual(["dk", "no", "se"]);
    expect(asked[1]?.script).toBe(meshScript("wg0", ["10.0.1.1", "10.0.3.1"]));
  });

  it("waits for what is not there yet, and says for what", async () => {
    const late = printed({ dk: null, se: 5 }, ["se"]);
    const { gate } = hosts((hostId, round) => ({
      stdout: hostId === "no" && round < 3 ? late : (healthy[hostId] ?? ""),
    }));
    const request = context(30_000);
    expect(await gate.update("wg0", inputs, inputs, request)).toBe(inputs);
    expect(request.seen).toEqual([
      "the VPN wg0 is not healthy: no → dk: no handshake, no answer from 10.0.1.1",
    ]);
  });

  it("gives up in the end with all faults and what to do", async () => {
    const { gate } = hosts((hostId) =>
      hostId === "no"
        ? { code: 255, stderr: "ssh: connect to host:\n  Connection timed out\n" }
        : { stdout: printed({ dk: 5, no: null, se: 5 }, ["dk", "se"]) },
    );
    await expect(gate.create(inputs, context(0))).rejects.toThrow(
      /^the VPN wg0 is not healthy: dk → no: no handshake, .*; no could not be asked: ssh: connect to host: Connection timed out; se → no: .*UDP.*no at 198\.51\.100\.2:51820/,
    );
  });

  it("asks nobody who is left out, nor about them", async () => {
    const { gate, asked } = hosts((hostId) => ({ stdout: healthy[hostId] ?? "" }));
    await gate.create({ ...inputs, without: ["no"] }, context(30_000));
    expect(asked.map(({ hostId }) => hostId)).toEqual(["dk", "se"]);
    expect(asked[0]?.script).not.toContain("10.0.2.1");
  });

  it.each<[string, Properties, string[]]>([
    ["nothing", {}, []],
    ["only how a host is reached", { peers: inputs.peers.map((peer) => ({ ...peer, ssh: ssh(9) })) }, []],
    ["a host's key", { peers: inputs.peers.map((peer) => ({ ...peer, publicKey: key("9") })) }, ["peers"]],
    [
      "a key that is not known yet",
      { peers: inputs.peers.map((peer) => ({ ...peer, publicKey: unknown })) },
      ["peers"],
    ],
    ["what a host is given", { revision: ["dk 2"] }, ["revision"]],
    ["who is left out", { without: ["no"] }, ["without"]],
  ])("looks again when that changes: %s; and is never replaced", (_, news, paths) => {
    const { changes } = hosts(() => ({})).gate.diff(inputs, inputs, { ...inputs, ...news });
    expect(changes).toEqual(paths.map((path) => ({ path, kind: "update", replaces: false })));
  });

  it("can't be imported, and asks nobody when it goes", async () => {
    const { gate, asked } = hosts(() => ({}));
    await expect(gate.read("wg0", undefined, undefined, context(0))).rejects.toThrow("can't be imported");
    await gate.delete("wg0", inputs, context(0));
    expect(asked).toEqual([]);
  });
});
