import { beforeEach, describe, expect, it, vi } from "vitest";
import type { RemoteResult } from "../../../../client/ssh.ts";
import type { Properties } from "../../../../model/contract/properties.ts";
import type { SshHost } from "../../../../model/ssh.ts";
import { clockScript } from "../../../../provider/host/survey-script.ts";
import { contextOf } from "../../../support/context.ts";
import { survey } from "../../../support/plugin.ts";
import { surveyedHost, surveyOutput } from "../../../support/survey.ts";

const runOnHost = vi.hoisted(() => vi.fn<(host: SshHost, script: string) => Promise<RemoteResult>>());
vi.mock("../../../../client/ssh.ts", () => ({ runOnHost }));
const shownKeys = vi.hoisted(() => vi.fn(async () => ["ssh-ed25519 SHA256:shown"]));
vi.mock("../../../../provider/host/survey-keys.ts", async (original) => ({
  ...(await original<object>()),
  shownKeys,
}));

const [dk, no, se] = [surveyedHost("dk", 1), surveyedHost("no", 2), surveyedHost("se", 3)] as const;
const inputs = {
  hosts: [dk, no],
  vpnNetworks: ["10.0.1.0/24", "10.0.2.0/24"],
  interfaceName: "wg0",
  dataBytes: 1e9,
  without: [] as string[],
};
const grown = { ...inputs, hosts: [dk, no, se], vpnNetworks: [...inputs.vpnNetworks, "10.0.3.0/24"] };
const state = { ...inputs, checked: [dk, no] };
const context = () => contextOf({} as never);
const create = (news: Properties) => survey.create(news, context());
const update = (news: Properties, olds: Properties = state) => survey.update("hosts", olds, news, context());
const diffed = (news: Properties, olds: Properties = state) =>
  survey.diff(olds, olds, news).changes.map(({ path }) => path);
const dialled = () => [...new Set(runOnHost.mock.calls.map(([{ address }]) => address))].sort();

const fine = (_: SshHost, script: string) => ({
  code: 0,
  stdout: script === clockScript ? `${Date.now()}000000\n` : surveyOutput({ addr: [] }),
  stderr: "",
});

beforeEach(() => {
  runOnHost.mockReset().mockImplementation(async (host, script) => fine(host, script));
  shownKeys.mockClear();
});

describe("a survey of fit hosts", () => {
  it("is created with who was found fit", async () => {
    expect(await create(inputs)).toEqual({ id: "hosts", state });
    expect(dialled()).toEqual(["192.0.2.1", "192.0.2.2"]);
  });

  it("asks all hosts at the same time", async () => {
    let waiting = 0;
    let everybody = () => {};
    const all = new Promise<void>((resolve) => {
      everybody = resolve;
    });
    runOnHost.mockImplementation(async (host, script) => {
      waiting += 1;
      if (waiting === 2) everybody();
      await all;
      return fine(host, script);
    });
    await create(inputs);
  });
});

describe("a survey of unfit hosts", () => {
  it("tells every fault of every host in one error, and that nothing was changed", async () => {
    runOnHost.mockImplementation(async (host, script) => {
      if (host.address === "192.0.2.2") return { code: 255, stdout: "", stderr: "No route to host" };
      if (script === clockScript) return { ...fine(host, script), stdout: `${Date.now() - 60_000}000000` };
      return { ...fine(host, script), stdout: surveyOutput({ os: ["fedora 43"], systemd: ["no"] }) };
    });
    const { message } = await create(inputs).then(
      () => new Error("it was created"),
      (error: Error) => error,
    );
    const lines = message.split("\n");
    expect(lines[0]).toBe("hosts are not fit, in 4 ways; nothing was changed on any host:");
    expect(lines.slice(1).map((line) => line.slice(0, 24))).toEqual([
      "- dk: does not run syste",
      "- dk: its clock is at le",
      "- dk: runs fedora 43; al",
      "- no: can't be reached a",
    ]);
  });

  it("asks which keys are shown only where it was these that were not believed", async () => {
    runOnHost.mockResolvedValue({ code: 255, stdout: "", stderr: "Permission denied (publickey)" });
    await expect(create(inputs)).rejects.toThrow("does not let the user root in");
    expect(shownKeys).not.toHaveBeenCalled();
    runOnHost.mockResolvedValue({ code: 255, stdout: "", stderr: "Host key verification failed" });
    await expect(create(inputs)).rejects.toThrow(
      "shows ssh-ed25519 SHA256:shown, and not the one in ssh.hostKey",
    );
  });

  it("says so when a clock can't be read", async () => {
    runOnHost.mockImplementation(async (host, script) =>
      script === clockScript ? { code: 1, stdout: "", stderr: "" } : fine(host, script),
    );
    await expect(create({ ...inputs, hosts: [dk] })).rejects.toThrow("dk: its clock can't be read");
  });
});

describe("a host that is left out", () => {
  it("is neither dialled nor faulty, and is no fit one for that", async () => {
    runOnHost.mockImplementation(async (host, script) =>
      host.address === "192.0.2.2" ? { code: 255, stdout: "", stderr: "" } : fine(host, script),
    );
    const left = { ...inputs, without: ["no"] };
    const { state: after } = await create(left);
    expect(after).toEqual({ ...left, checked: [dk] });
    expect(dialled()).toEqual(["192.0.2.1"]);
    expect(diffed(inputs, after)).toEqual(["hosts"]);
  });

  it("stays a fit one, as which it was known, and changes nothing by being left out", async () => {
    const moved = { ...no, ssh: { ...no.ssh, user: "admin" } };
    const left = { ...inputs, hosts: [dk, moved], without: ["no"] };
    expect(diffed(left)).toEqual([]);
    expect(await update(left)).toEqual({ ...left, checked: [dk, no] });
    expect(runOnHost).not.toHaveBeenCalled();
  });
});

describe("a survey that is there already", () => {
  it("changes for nothing that is only asked of new hosts, nor by another order", () => {
    expect(diffed({ ...inputs, dataBytes: 9e15, interfaceName: "wg1", hosts: [no, dk] })).toEqual([]);
  });

  it("is the same where the engine has left out what is undefined", () => {
    const kept = JSON.parse(JSON.stringify(state)) as Properties;
    expect(diffed(inputs, kept)).toEqual([]);
  });

  it("changes with a host's key, user, port or address, and with a new host or network", () => {
    const changed = (host: object) => diffed({ ...inputs, hosts: [dk, { ...no, ...host }] });
    for (const part of [{ user: "admin" }, { hostKey: "x y" }, { port: 2222 }, { identityFile: "k" }])
      expect(changed({ ssh: { ...no.ssh, ...part } })).toEqual(["hosts"]);
    expect(changed({ tcpPorts: [4333] })).toEqual(["hosts"]);
    expect(changed({ vpnAddress: "10.0.2.2" })).toEqual(["hosts"]);
    expect(diffed(grown)).toEqual(["hosts", "vpnNetworks"]);
    expect(diffed({ ...inputs, vpnNetworks: ["10.0.1.0/24", "10.0.9.0/24"] })).toEqual(["vpnNetworks"]);
  });

  it("looks at all hosts when one comes, but at those that are known only for what may be new", async () => {
    runOnHost.mockImplementation(async (host, script) =>
      host.address === "192.0.2.3" || script === clockScript
        ? fine(host, script)
        : { ...fine(host, script), stdout: surveyOutput({ addr: [], os: ["fedora 43"], disk: ["1 /"] }) },
    );
    expect(await update(grown)).toEqual({ ...grown, checked: [dk, no, se] });
    expect(dialled()).toHaveLength(3);
    runOnHost.mockImplementation(async (host, script) =>
      script === clockScript
        ? fine(host, script)
        : { ...fine(host, script), stdout: surveyOutput({ addr: ["2: eth1 inet 10.0.3.9/24"] }) },
    );
    await expect(update(grown)).rejects.toThrow(
      /in 3 ways.*\n- dk: its address 10\.0\.3\.9.*\n- no: .*\n- se: /,
    );
  });

  it("looks in full at a host whose way in has changed", async () => {
    runOnHost.mockImplementation(async (host, script) =>
      script === clockScript
        ? fine(host, script)
        : { ...fine(host, script), stdout: surveyOutput({ systemd: ["no"] }) },
    );
    const changed = { ...inputs, hosts: [dk, { ...no, ssh: { ...no.ssh, user: "admin" } }] };
    await expect(update(changed)).rejects.toThrow(/^a host is not fit; .*\n- no: does not run systemd/);
  });

  it("dials nobody when a host has gone", async () => {
    const less = { ...inputs, hosts: [dk] };
    expect(diffed(less)).toEqual(["hosts"]);
    expect(await update(less)).toEqual({ ...less, checked: [dk] });
    expect(runOnHost).not.toHaveBeenCalled();
  });

  it("dials nobody to be checked, compared, previewed, read or deleted", async () => {
    expect(survey.check(inputs, undefined).failures).toEqual([]);
    diffed(grown);
    expect(survey.preview(grown, state)).toEqual(grown);
    expect(await survey.read("hosts", inputs, state, context())).toEqual({ id: "hosts", inputs, state });
    await survey.delete("hosts", state, context());
    expect(runOnHost).not.toHaveBeenCalled();
  });
});
