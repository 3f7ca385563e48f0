import { describe, expect, it } from "vitest";
import { plan } from "../../support/configuration.ts";

const cache = { subjects: ["cache.>"], storage: "memory", replicas: 3 };
const withCache = (more: object = {}, rollout?: string) =>
  plan({ streams: { CACHE: { ...cache, ...more } }, ...(rollout === undefined ? {} : { rollout }) });

describe("a stream with several copies in memory", () => {
  it("lets servers take turns where the configuration says parallel, and says so", () => {
    const { rollout, warnings } = withCache();
    expect(rollout).toEqual({ mode: "rolling", order: ["dk", "no", "se"], skip: [], lose: [] });
    expect(warnings).toEqual([
      'rollout is "parallel", but servers that restart take turns: CACHE would be empty if all of them restarted at once, because the copies are in memory. Write rollout: rolling to say the same yourself.',
    ]);
  });

  it("needs no words where the configuration has turns already", () => {
    expect(withCache({}, "rolling")).toMatchObject({ rollout: { mode: "rolling" }, warnings: [] });
  });

  it("is emptied by all-at-once, which is what that word accepts", () => {
    const { rollout, warnings } = withCache({}, "all-at-once");
    expect(rollout.mode).toBe("all-at-once");
    expect(warnings).toEqual([
      'rollout is "all-at-once": an update that restarts the servers empties CACHE, because the copies are in memory. Write rollout: rolling to keep the messages.',
    ]);
  });
});

describe("any other stream", () => {
  it.each([
    ["with one copy in memory", { replicas: 1 }],
    ["on disk", { storage: "file" }],
  ])("%s leaves the rollout as it is", (_, more) => {
    expect(withCache(more)).toMatchObject({ rollout: { mode: "parallel" }, warnings: [] });
  });
});
