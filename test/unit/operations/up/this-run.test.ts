import { describe, expect, it } from "vitest";
import { configurationOf, type ThisRun } from "../../../../operations/up/this-run.ts";
import { plan } from "../../../support/configuration.ts";

const section = (run: Partial<ThisRun>, rollout: unknown) =>
  JSON.parse(configurationOf({ without: [], lose: [], ...run }, plan({ rollout }).rollout).rollout ?? "null");

describe("a run that leaves pods out", () => {
  it("differs by them, beside those that the configuration leaves out", () => {
    expect(section({ without: ["no"] }, "parallel")).toEqual({ mode: "parallel", without: ["no"], lose: [] });
    expect(section({ without: ["no"] }, { mode: "parallel", without: ["dk"] })).toEqual({
      mode: "parallel",
      without: ["dk", "no"],
      lose: [],
    });
  });

  it("keeps the turns of the others", () => {
    expect(section({ without: ["no"] }, { mode: "rolling", first: "se" })).toMatchObject({ first: "se" });
    expect(section({ without: ["se"] }, { mode: "rolling", first: "se" })).toMatchObject({ first: "dk" });
  });
});

describe("a run that gives up streams", () => {
  it("differs by them, beside those that the configuration gives up", () => {
    expect(section({ lose: ["CACHE"] }, "parallel")).toEqual({
      mode: "parallel",
      without: [],
      lose: ["CACHE"],
    });
    const rollout = { mode: "rolling", first: "se", without: ["dk"], lose: ["OLD"] };
    expect(section({ lose: ["CACHE"] }, rollout)).toEqual({ ...rollout, lose: ["CACHE", "OLD"] });
  });

  it("keeps them beside pods that this run leaves out", () => {
    expect(section({ without: ["no"] }, { lose: ["OLD"] })).toMatchObject({ lose: ["OLD"] });
  });
});

it("is like any other where nothing is said", () => {
  expect(configurationOf({ without: [], lose: [] }, plan({ rollout: { lose: ["OLD"] } }).rollout)).toEqual(
    {},
  );
});
