import { describe, expect, it } from "vitest";
import { lookOf } from "../../../../plan/transitions/look.ts";
import { noPast, type Past } from "../../../../plan/transitions/past.ts";
import { plan } from "../../../support/configuration.ts";
import { placesAfter } from "../../../support/past.ts";
import { pastOf } from "../../../support/program.ts";

const cache = { subjects: ["cache.>"], storage: "memory", replicas: 3, allowDataLoss: true };
const before = plan({ streams: { CACHE: cache } });
const past: Past = { ...placesAfter(before), servers: pastOf(before).servers };
const names = ["dk", "no", "se"].map((id) => `service-nats-${id}`);

describe("what the look before an update is told", () => {
  it("is nothing to act on where nothing changes", () => {
    expect(lookOf(past, before)).toEqual({
      ...{ restarting: [], turns: true, lose: [], allowed: ["CACHE"], taken: [] },
      known: ["CACHE", "CROSS_TERRITORY", "GLOBAL_EVENTS", "TERRITORY_DK", "TERRITORY_NO", "TERRITORY_SE"],
    });
  });

  it("is who restarts, and how", () => {
    const cluster = { memoryLimit: "512MB" };
    expect(lookOf(past, plan({ cluster }))).toMatchObject({ restarting: names, turns: false });
    expect(lookOf(past, plan({ cluster, rollout: "rolling" }))).toMatchObject({ turns: true });
    // Those that the update leaves out stay as they are.
    const without = plan({ cluster, rollout: { without: ["no"] } });
    expect(lookOf(past, without).restarting).toEqual([names[0], names[2]]);
  });

  it("counts a server of which only an older program knows", () => {
    const [first = "", ...others] = names;
    const old = new Map([...past.servers].map(([name, server]) => [name, { ...server, startDigest: "" }]));
    expect(lookOf({ ...past, servers: old }, before).restarting).toEqual([first, ...others]);
  });

  it("counts a server whose update died before it was proven, and not one that starts", () => {
    const [first = "", second = ""] = names;
    const died = { ...noPast, servers: new Map(), containers: new Set([second]) };
    expect(lookOf(died, before).restarting).toEqual([second]);
    const proven = new Map([...past.servers].filter(([name]) => name !== first));
    expect(lookOf({ ...past, servers: proven }, before).restarting).toEqual([]);
  });

  it("is which subjects a stream did not have before", () => {
    const streams = { CACHE: { ...cache, subjects: ["cache.>", "more"] }, NEW: { subjects: ["new.>"] } };
    expect(lookOf(past, plan({ streams })).taken).toEqual(["CACHE more", "NEW new.>"]);
  });

  it("knows the streams of the state too, which a deletion still sees", () => {
    expect(lookOf(past, plan({ streams: { NEW: { subjects: ["new.>"] } } })).known).toContain("CACHE");
  });

  it("has nobody to ask where the state has no server", () => {
    const rollout = { lose: ["CACHE"] };
    const first = plan({ streams: { CACHE: cache }, rollout });
    expect(lookOf(noPast, first)).toMatchObject({ restarting: [], taken: [], lose: [] });
    expect(lookOf(past, first)).toMatchObject({ lose: ["CACHE"] });
  });
});
