import { describe, expect, it } from "vitest";
import { type Properties, unknown } from "../../../../model/contract/properties.ts";
import { node } from "../../../support/plugin.ts";

const fingerprint = (byte: string) => Array(32).fill(byte).join(":");
const [old, next] = [fingerprint("A1"), fingerprint("B2")];

const inputs = {
  serverName: "service-nats-dk",
  url: "nats://127.0.0.1:4222",
  clusterAddress: "127.0.0.1:6222",
  certificate: fingerprint("0A"),
  clientTls: "off",
  issuer: old,
  trusted: [old],
  containerId: "container",
  startDigest: "start",
  filesDigest: "files",
};
const state = { ...inputs, version: "2.15.1", servedSince: "2026-11-23T12:00:00Z" };

describe("the inputs of a node", () => {
  const failures = (news: Properties) => node.check({ ...inputs, ...news }, undefined).failures;

  it("are taken as the program gives them", () => {
    expect(failures({})).toEqual([]);
    expect(
      failures({ certificate: unknown, containerId: unknown, filesDigest: unknown, trusted: [unknown] }),
    ).toEqual([]);
  });

  it("are without TLS on the client port where nothing is said", () => {
    const { inputs: filled } = node.check({ ...inputs, clientTls: undefined }, undefined);
    expect(filled.clientTls).toBe("off");
  });

  it.each<[string, Properties]>([
    ["url", { url: "tls://127.0.0.1:4222" }],
    ["url", { url: "nats://user:password@127.0.0.1:4222" }],
    ["clusterAddress", { clusterAddress: "127.0.0.1" }],
    ["certificate", { certificate: old.toLowerCase() }],
    ["clientTls", { clientTls: "sometimes" }],
    ["issuer", { issuer: "A1:B2" }],
    ["trusted", { trusted: [] }],
    ["trusted[1]", { trusted: [old, ""] }],
    ["trusted[1]", { trusted: [old, old] }],
  ])("are refused for a wrong %s", (property, news) => {
    expect(failures(news).map((failure) => failure.property)).toEqual([property]);
  });
});

describe("a bundle without the authority of the server's own certificate", () => {
  const reasons = (news: Properties) =>
    node
      .check({ ...inputs, ...news }, undefined)
      .failures.map(({ property, reason }) => `${property} ${reason}`);

  it("is refused: every server takes it, and then no other one can dial it", () => {
    expect(reasons({ trusted: [next] })).toEqual([
      expect.stringMatching(
        /^trusted the CA A1:.* issued the server's certificate, but is not among the CAs/,
      ),
    ]);
  });

  it("is not seen in what a preview does not know yet", () => {
    expect(reasons({ issuer: unknown })).toEqual([]);
    expect(reasons({ trusted: [next, unknown] })).toEqual([]);
  });
});

describe("a node that changes", () => {
  it("does so in place, whatever it is", () => {
    const news: Properties = {
      serverName: "a",
      url: "nats://127.0.0.1:1",
      clusterAddress: "127.0.0.1:2",
      certificate: fingerprint("0B"),
      clientTls: "on",
      issuer: old,
      trusted: [old, next],
      containerId: unknown,
      startDigest: "other",
      filesDigest: unknown,
    };
    const { changes } = node.diff(state, inputs, news);
    expect(changes.map(({ path }) => path)).toEqual(Object.keys(inputs).filter((path) => path !== "issuer"));
    expect(changes.every(({ kind, replaces }) => kind === "update" && !replaces)).toBe(true);
  });

  it("does not, with the same inputs", () => {
    expect(node.diff(state, inputs, inputs)).toEqual({ changes: [], deleteBeforeReplace: false });
  });

  it("gets what an older program did not write down", () => {
    const { issuer: _, trusted: __, startDigest: ___, ...bare } = state;
    expect(node.diff(bare, inputs, inputs).changes).toEqual([
      { path: "issuer", kind: "add", replaces: false },
      { path: "trusted", kind: "add", replaces: false },
      { path: "startDigest", kind: "add", replaces: false },
    ]);
  });
});

describe("a node whose certificate comes from another authority", () => {
  it("is refused in the preview where the server did not trust that one by the last update", () => {
    const diff = () => node.diff(state, inputs, { ...inputs, issuer: next, trusted: [old, next] });
    expect(diff).toThrow(`service-nats-dk is not proven to trust the CA that becomes active now (${next})`);
    expect(diff).toThrow('First give that CA the phase "incoming"');
    expect(diff).toThrow("`npm run rotate -- ca` does all of that");
  });

  it("is refused where that one is not even there yet", () => {
    expect(() => node.diff(state, inputs, { ...inputs, issuer: unknown })).toThrow(
      "is not proven to trust the CA that becomes active now. First give",
    );
  });

  it("is taken where the server trusts both", () => {
    const both = { ...state, trusted: [old, next] };
    const { changes } = node.diff(both, inputs, { ...inputs, issuer: next, trusted: [old, next] });
    expect(changes.map(({ path }) => path)).toEqual(["issuer"]);
  });

  it("is taken where an older program left nothing to go by", () => {
    expect(() =>
      node.diff({ ...state, trusted: undefined }, inputs, { ...inputs, issuer: next }),
    ).not.toThrow();
  });
});

describe("the preview of a node", () => {
  const previewed = (news: Properties, olds: Properties | undefined = state) => {
    const { version, servedSince } = node.preview({ ...inputs, ...news }, olds);
    return { version, servedSince };
  };

  it("knows nothing of a new server but its inputs", () => {
    expect(node.preview(inputs, undefined)).toEqual({ ...inputs, version: unknown, servedSince: unknown });
  });

  it("keeps what a reload of the same certificate keeps", () => {
    const { version, servedSince } = state;
    expect(previewed({ filesDigest: "other", trusted: [old, next] })).toEqual({ version, servedSince });
  });

  it("does not say since when a new certificate is served", () => {
    const { version } = state;
    expect(previewed({ certificate: fingerprint("0B") })).toEqual({ version, servedSince: unknown });
    expect(previewed({ certificate: unknown })).toEqual({ version, servedSince: unknown });
  });

  it("does not say what a new container runs, nor since when", () => {
    expect(previewed({ containerId: unknown })).toEqual({ version: unknown, servedSince: unknown });
  });

  it("does not say what an older program left out", () => {
    expect(previewed({}, inputs)).toEqual({ version: unknown, servedSince: unknown });
  });
});
