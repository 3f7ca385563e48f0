import { describe, expect, it } from "vitest";
import type { Properties } from "../../../../model/contract/properties.ts";
import { contextOf } from "../../../support/context.ts";
import { fakeCluster } from "../../../support/fake-cluster.ts";
import { look } from "../../../support/plugin.ts";

const idle = { restarting: [], turns: true, lose: [], allowed: ["A"], taken: [], known: ["A"] };
const paths = (news: Properties) =>
  look.diff(idle, idle, { ...idle, ...news }).changes.map(({ path }) => path);

describe("the look before an update", () => {
  it.each<[string, Properties, string[]]>([
    ["a server restarts", { restarting: ["a"] }, ["restarting"]],
    ["a stream takes a subject", { taken: ["A b.>"] }, ["taken"]],
    ["a stream is given up", { lose: ["CACHE"] }, ["lose"]],
    ["only what is known differs", { turns: false, allowed: [], known: ["A", "B"] }, []],
  ])("is a change where there is something to look at: %s", (_, news, changed) => {
    expect(paths(news)).toEqual(changed);
  });

  it("asks nobody where nothing can be lost", async () => {
    const context = contextOf(
      fakeCluster(() => {
        throw new Error("nobody is asked");
      }),
    );
    expect(await look.create(idle, context)).toEqual({ id: "look", state: idle });
    expect(context.warnings).toEqual([]);
  });

  it("names every fault of its inputs", () => {
    const wrong = { restarting: "a", turns: 1, lose: [""], allowed: [2], taken: null, other: true };
    expect(look.check(wrong, undefined).failures.map(({ property }) => property)).toEqual([
      ...["restarting", "turns", "lose[0]", "allowed[0]", "taken", "known", "other"],
    ]);
  });
});
