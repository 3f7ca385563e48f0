import { describe, expect, it } from "vitest";
import { type DeployedState, nothingDeployed } from "../../../../plan/transitions/deployed-state.ts";
import { lookOf } from "../../../../plan/transitions/look.ts";
import { plan } from "../../../support/configuration.ts";
import { placesAfter } from "../../../support/deployed-state.ts";
import { deployedStateOf } from "../../../support/program.ts";

const cache = { subjects: ["cache.>"], storage: "memory", replicas: 3, allowDataLoss: true };
const before = plan({ streams: { CACHE: cache } });
const deployed: DeployedState = { ...placesAfter(before), servers: deployedStateOf(before).servers };
const names = ["dk", "no", "se"].map((id) => `service-nats-${id}`);

describe("what the look before an update is told", () => {
  it("is nothing to act on where nothing changes", () => {
    expect(lookOf(deployed, before)).toEqual({
      ...{ restarting: [], turns: true, lose: [], allowed: ["CACHE"], taken: [] },
      known: ["CACHE", "CROSS_TERRITORY", "GLOBAL_EVENTS", "TERRITORY_DK", "TERRITORY_NO", "TERRITORY_SE"],
    });
  });

  it("is who restarts, and how", () => {
    const cluster = { memoryLimit: "512MB" };
    expect(lookOf(deployed, plan({ cluster }))).toMatchObject({ restarting: names, turns: false });
    expect(lookOf(deployed, plan({ cluster, rollout: "rolling" }))).toMatchObject({ turns: true });
    // Those that the update leaves out stay as they are.
    const skipped = plan({ cluster, rollout: { skip: ["no"] } });
    expect(lookOf(deployed, skipped).restarting).toEqual([names[0], names[2]]);
  });

  it("counts a server of which only an older program knows", () => {
    const [first = "", ...others] = names;
    const old = new Map(
      [...deployed.servers].map(([name, server]) => [name, { ...server, startDigest: "" }]),
    );
    expect(lookOf({ ...deployed, servers: old }, before).restarting).toEqual([first, ...others]);
  });

  it("counts a server whose update died before it was proven, and not one that starts", () => {
    const [first = "", second = ""] = names;
    const died = { ...nothingDeployed, servers: new Map(), containers: new Set([second]) };
    expect(lookOf(died, before).restarting).toEqual([second]);
    const proven = new Map([...deployed.servers].filter(([name]) => name !== first));
    expect(lookOf({ ...deployed, servers: proven }, before).restarting).toEqual([]);
  });

  it("is which subjects a stream did not have before", () => {
    const streams = { CACHE: { ...cache, subjects: ["cache.>", "more"] }, NEW: { subjects: ["new.>"] } };
    expect(lookOf(deployed, plan({ streams })).taken).toEqual(["CACHE more", "NEW new.>"]);
  });

  it("knows the streams of the state too, which a deletion still sees", () => {
    expect(lookOf(deployed, plan({ streams: { NEW: { subjects: ["new.>"] } } })).known).toContain("CACHE");
  });

  it("has nobody to ask where the state has no server", () => {
    const rollout = { lose: ["CACHE"] };
    const first = plan({ streams: { CACHE: cache }, rollout });
    expect(lookOf(nothingDeployed, first)).toMatchObject({ restarting: [], taken: [], lose: [] });
    expect(lookOf(deployed, first)).toMatchObject({ lose: ["CACHE"] });
  });
});
