import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { describe, expect, it } from "vitest";
import { unknown } from "../../../model/contract/properties.ts";
import { accessFrom, checkConfiguration } from "../../../provider/configuration.ts";
import { diffed, diffedConfiguration } from "../../../provider/grpc/responses.ts";
import { fromProperties, toProperties } from "../../../provider/grpc/values.ts";

const seed = `SU${"A".repeat(56)}`;
const secret = (value: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

describe("values on the wire", () => {
  it("come back as they went, unknowns and nesting included", () => {
    const properties = { name: "x", list: [1, "two", { three: true }], later: unknown, nothing: null };
    expect(toProperties(fromProperties(properties))).toEqual(properties);
  });

  it("lose their secret envelope, at any depth", () => {
    const sent = fromProperties({ seed: secret("s"), list: [secret("t")] });
    expect(toProperties(sent)).toEqual({ seed: "s", list: ["t"] });
  });
});

describe("a diff", () => {
  const { ADD, UPDATE_REPLACE } = messages.PropertyDiff.Kind;

  it("names each property, and says which replace", () => {
    const response = diffed({
      changes: [
        { path: "description", kind: "add", replaces: false },
        { path: "storage", kind: "update", replaces: true },
      ],
      deleteBeforeReplace: true,
    });
    expect(response.getChanges()).toBe(messages.DiffResponse.DiffChanges.DIFF_SOME);
    expect(response.getReplacesList()).toEqual(["storage"]);
    expect(response.getDeletebeforereplace()).toBe(true);
    expect(response.getDetaileddiffMap().get("description")?.getKind()).toBe(ADD);
    expect(response.getDetaileddiffMap().get("storage")?.getKind()).toBe(UPDATE_REPLACE);
  });

  it("says of what only the state has that it is no input: the engine then shows the output", () => {
    const response = diffed({
      changes: [
        { path: "dueAt", kind: "update", replaces: true, isOutput: true },
        { path: "issuer", kind: "update", replaces: true },
        { path: "names", kind: "update", replaces: true, isOutput: false },
      ],
      deleteBeforeReplace: false,
    });
    const inputs = ["dueAt", "issuer", "names"].map((path) =>
      response.getDetaileddiffMap().get(path)?.getInputdiff(),
    );
    expect(inputs).toEqual([false, true, true]);
    expect(response.getReplacesList()).toEqual(["dueAt", "issuer", "names"]);
  });

  it("without changes says so", () => {
    const response = diffed({ changes: [], deleteBeforeReplace: false });
    expect(response.getChanges()).toBe(messages.DiffResponse.DiffChanges.DIFF_NONE);
  });

  it("of the provider's configuration never replaces what hangs on it", () => {
    const request = new messages.DiffRequest();
    request.setOldInputs(fromProperties({ servers: '["nats://a:1"]', systemSeed: "old" }));
    request.setNews(fromProperties({ servers: '["nats://b:1"]', systemSeed: unknown }));
    const response = diffedConfiguration(request);
    expect(response.getDiffsList()).toEqual(["servers", "systemSeed"]);
    expect(response.getReplacesList()).toEqual([]);
  });
});

describe("the provider's configuration", () => {
  it("takes client URLs and a seed, as they are or as JSON text", () => {
    expect(
      checkConfiguration({ servers: '["nats://127.0.0.1:4222"]', systemSeed: seed, version: "1" }),
    ).toEqual([]);
    expect(checkConfiguration({ servers: unknown, systemSeed: unknown })).toEqual([]);
    expect(accessFrom({ servers: '["nats://127.0.0.1:4222"]', systemSeed: seed })).toEqual({
      servers: ["nats://127.0.0.1:4222"],
      systemSeed: seed,
      clientTls: "off",
      tls: undefined,
    });
  });

  it("takes the hosts of servers that are not dialled as they are", () => {
    const host = { address: "45.1.2.3", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA" };
    const given = { servers: '["nats://10.0.1.1:4222"]', via: JSON.stringify({ "10.0.1.1": host }) };
    expect(checkConfiguration(given)).toEqual([]);
    expect(accessFrom(given).via).toEqual({ "10.0.1.1": host });
    expect(accessFrom({ servers: given.servers }).via).toBeUndefined();
    expect(() => accessFrom({ ...given, via: unknown })).toThrow("not known before an update");
  });

  it.each([
    ["address", "-oProxyCommand=x"],
    ["user", "-l"],
    ["hostKey", "ssh-ed25519"],
    ["port", 0],
    ["user", undefined],
  ])("refuses a host whose %s would go astray: %j", (key, wrong) => {
    const host = { address: "45.1.2.3", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA", [key]: wrong };
    const failures = checkConfiguration({ servers: ["nats://10.0.1.1:4222"], via: { "10.0.1.1": host } });
    expect(failures.map(({ property }) => property)).toEqual(["via"]);
    expect(failures[0]?.reason).toContain(`as ${key} of the host of 10.0.1.1`);
  });

  it("refuses hosts that are no map", () => {
    const failures = checkConfiguration({ servers: ["nats://10.0.1.1:4222"], via: "[]" });
    expect(failures.map(({ property }) => property)).toEqual(["via"]);
  });

  it("demands what its client TLS needs", () => {
    const base = { servers: ["nats://127.0.0.1:4222"], systemSeed: seed };
    const properties = (more: object) =>
      checkConfiguration({ ...base, ...more }).map(({ property }) => property);
    expect(properties({ clientTls: "on" })).toEqual(["authorities"]);
    expect(properties({ clientTls: "required", authorities: "PEM" })).toEqual(["certificate"]);
    expect(properties({ clientTls: "sometimes" })).toEqual(["clientTls"]);
    expect(properties({ clientTls: "on", authorities: unknown })).toEqual([]);
  });

  it("names every fault at once, and shows no seed", () => {
    const wrong = `SU${"secret".repeat(4)}`;
    const failures = checkConfiguration({ servers: ["http://x"], systemSeed: wrong, server: "typo" });
    expect(failures.map(({ property }) => property)).toEqual(["servers", "systemSeed", "server"]);
    expect(JSON.stringify(failures)).not.toContain(wrong);
    expect(checkConfiguration({ servers: [] })[0]?.reason).toContain("names no server");
  });

  it("that is not known yet can't be used", () => {
    expect(() => accessFrom({ servers: unknown })).toThrow("not known before an update");
  });
});
