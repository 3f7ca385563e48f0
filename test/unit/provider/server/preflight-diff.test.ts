import { describe, expect, it } from "vitest";
import type { Properties } from "../../../../model/contract/properties.ts";
import { contextOf } from "../../../support/context.ts";
import { fakeCluster } from "../../../support/fake-cluster.ts";
import { preflight } from "../../../support/plugin.ts";

const inputs = {
  serverName: "service-nats-dk",
  rolling: true,
  known: ["service-nats-dk", "service-nats-no"],
  done: [],
  planned: "new",
  proven: "old",
};
const context = contextOf(
  fakeCluster(() => {
    throw new Error("nobody is asked");
  }),
);
const paths = (state: Properties, news: Properties) =>
  preflight.diff(state, state, { ...inputs, ...news }).changes.map(({ path }) => path);

describe("the preflight of a server", () => {
  it("names every fault of its inputs", () => {
    const wrong = {
      serverName: "",
      rolling: "yes",
      known: "dk",
      done: [1],
      planned: "",
      proven: 5,
      next: "",
    };
    expect(preflight.check(wrong, undefined).failures.map(({ property }) => property)).toEqual([
      "serverName",
      "rolling",
      "known",
      "done[0]",
      "planned",
      "proven",
      "next",
    ]);
  });

  it("takes a server that nobody has proven, and is rolling unless something else is said", () => {
    const { failures, inputs: filled } = preflight.check(
      { ...inputs, proven: "", rolling: undefined },
      undefined,
    );
    expect(failures).toEqual([]);
    expect(filled.rolling).toBe(true);
  });

  it("has work to do where its server is going to restart", () => {
    expect(preflight.diff(inputs, inputs, inputs)).toEqual({
      changes: [{ path: "planned", kind: "update", replaces: false }],
      deleteBeforeReplace: false,
    });
  });

  it("has it again after an update that passed it and died before the server was proven", () => {
    const passed = { ...inputs, planned: "new", proven: "old" };
    expect(paths(passed, {})).toEqual(["planned"]);
  });

  it.each<[string, Properties]>([
    ["whose container stays", { planned: "old" }],
    ["that starts for the first time", { proven: "" }],
    ["in an update in which all go at once", { rolling: false }],
    ["that stays while others come and go", { planned: "old", known: [], done: ["service-nats-no"] }],
  ])("has none for a server %s", (_, news) => {
    expect(paths(inputs, news)).toEqual([]);
  });

  it.each<[string, Properties]>([
    ["whose container stays", { planned: "old" }],
    ["that starts for the first time", { proven: "" }],
    ["in an update in which all go at once", { rolling: false }],
  ])("asks nobody when it comes with a server %s", async (_, news) => {
    const state = { ...inputs, ...news };
    expect(await preflight.create(state, context)).toEqual({ id: "service-nats-dk", state });
  });
});
