import { describe, expect, it } from "vitest";
import {
  type DeployedContainer,
  fromImage,
  memorySwapOf,
} from "../../../../plan/render/container-defaults.ts";

const limit = { megabytes: 4096, environment: "GOMEMLIMIT=3686MiB" };

describe("memory and swap together", () => {
  it("are what the memory is, whatever the engine chose before", () => {
    for (const memorySwap of [undefined, 0, 2048, 4096, 8192])
      expect(memorySwapOf(limit, { memorySwap })).toBe(4096);
    expect(memorySwapOf(limit, undefined)).toBe(4096);
  });

  it("are what an engine without swap accounting answers", () => {
    expect(memorySwapOf(limit, { memorySwap: -1 })).toBe(-1);
  });

  it("are not set where the memory is not limited", () => {
    expect(memorySwapOf(undefined, { memorySwap: -1 })).toBeUndefined();
    expect(memorySwapOf(undefined, undefined)).toBeUndefined();
  });
});

describe("what a container took from its image", () => {
  const deployed: DeployedContainer = { image: "sha256:1", user: "root", workingDir: "/data", memorySwap: 0 };

  it("is repeated while the image is the same", () => {
    expect(fromImage("sha256:1", deployed)).toEqual({ user: "root", workingDir: "/data" });
  });

  it("is not set for another image, which may have another user", () => {
    expect(fromImage("sha256:2", deployed)).toEqual({ user: undefined, workingDir: undefined });
  });

  it("is not set where the image has none, and before the first update", () => {
    const nothing = { user: undefined, workingDir: undefined };
    expect(fromImage("sha256:1", { ...deployed, user: "", workingDir: "" })).toEqual(nothing);
    expect(fromImage("sha256:1", undefined)).toEqual(nothing);
  });
});
