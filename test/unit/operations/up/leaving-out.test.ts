import { describe, expect, it } from "vitest";
import { leavingOut } from "../../../../operations/up/leaving-out.ts";
import { plan } from "../../../support/configuration.ts";

const section = (pods: readonly string[], rollout: unknown) =>
  JSON.parse(leavingOut(pods, plan({ rollout }).rollout).rollout ?? "null");

describe("a run that leaves pods out", () => {
  it("differs by them, beside those that the configuration leaves out", () => {
    expect(section(["no"], "parallel")).toEqual({ mode: "parallel", without: ["no"] });
    expect(section(["no"], { mode: "parallel", without: ["dk"] })).toEqual({
      mode: "parallel",
      without: ["dk", "no"],
    });
  });

  it("keeps the turns of the others", () => {
    expect(section(["no"], { mode: "rolling", first: "se" })).toMatchObject({ first: "se" });
    expect(section(["se"], { mode: "rolling", first: "se" })).toMatchObject({ first: "dk" });
  });

  it("is like any other where none is named", () => {
    expect(leavingOut([], plan().rollout)).toEqual({});
  });
});
