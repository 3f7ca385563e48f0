import { describe, expect, it } from "vitest";
import { configurationOf, type ThisRun } from "../../../../operations/up/this-run.ts";
import { plan } from "../../../support/configuration.ts";

const section = (run: Partial<ThisRun>, rollout: unknown) =>
  JSON.parse(configurationOf({ skip: [], lose: [], ...run }, plan({ rollout }).rollout).rollout ?? "null");

describe("a run that leaves pods out", () => {
  it("differs by them, beside those that the configuration leaves out", () => {
    expect(section({ skip: ["no"] }, "parallel")).toEqual({ mode: "parallel", skip: ["no"], lose: [] });
    expect(section({ skip: ["no"] }, { mode: "parallel", skip: ["dk"] })).toEqual({
      mode: "parallel",
      skip: ["dk", "no"],
      lose: [],
    });
  });

  it("keeps the turns of the others", () => {
    expect(section({ skip: ["no"] }, { mode: "rolling", first: "se" })).toMatchObject({ first: "se" });
    expect(section({ skip: ["se"] }, { mode: "rolling", first: "se" })).toMatchObject({ first: "dk" });
  });
});

describe("a run that gives up streams", () => {
  it("differs by them, beside those that the configuration gives up", () => {
    expect(section({ lose: ["CACHE"] }, "parallel")).toEqual({
      mode: "parallel",
      skip: [],
      lose: ["CACHE"],
    });
    const rollout = { mode: "rolling", first: "se", skip: ["dk"], lose: ["OLD"] };
    expect(section({ lose: ["CACHE"] }, rollout)).toEqual({ ...rollout, lose: ["CACHE", "OLD"] });
  });

  it("keeps them beside pods that this run leaves out", () => {
    expect(section({ skip: ["no"] }, { lose: ["OLD"] })).toMatchObject({ lose: ["OLD"] });
  });
});

it("is like any other where nothing is said", () => {
  expect(configurationOf({ skip: [], lose: [] }, plan({ rollout: { lose: ["OLD"] } }).rollout)).toEqual({});
});
