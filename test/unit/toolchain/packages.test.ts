import { describe, expect, it } from "vitest";
import { firstDifference, isAtLeast, proxySettings } from "../../../toolchain/packages.mjs";

const wanted = {
  packages: {
    "": { version: "0.1.0" },
    "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
    "node_modules/b-for-another-system": { version: "2.0.0", integrity: "sha512-b", optional: true },
  },
};
const installed = { packages: { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } } };
const all = () => true;

describe("the installed packages", () => {
  it("are right when all that is not optional is there as locked", () => {
    expect(firstDifference(wanted, installed, all)).toBeUndefined();
  });

  it.each([
    ["nothing was installed, or not to the end", undefined, all, "node_modules is missing or unfinished"],
    ["one is missing", { packages: {} }, all, "node_modules/a is missing"],
    ["one's folder is gone", installed, () => false, "node_modules/a is missing"],
    [
      "one is of another version",
      { packages: { "node_modules/a": { version: "0.9.0", integrity: "sha512-a" } } },
      all,
      "node_modules/a is 0.9.0, not 1.0.0",
    ],
    [
      "one has other content",
      { packages: { "node_modules/a": { version: "1.0.0", integrity: "sha512-x" } } },
      all,
      "node_modules/a has other content",
    ],
    [
      "an optional one is of another version",
      { packages: { ...installed.packages, "node_modules/b-for-another-system": { version: "1.0.0" } } },
      all,
      "node_modules/b-for-another-system is 1.0.0, not 2.0.0",
    ],
  ])("are not when %s", (_case, found, isThere, message) => {
    expect(firstDifference(wanted, found, isThere)).toBe(message);
  });
});

describe("a Node version", () => {
  it.each([
    ["v20.11.0", true],
    ["v20.20.2", true],
    ["v24.0.0", true],
    ["v20.10.9", false],
    ["v18.99.0", false],
  ])("%s against 20.11: %s", (version, enough) => {
    expect(isAtLeast(version, [20, 11])).toBe(enough);
  });
});

describe("a proxy", () => {
  it("is used for what is not on this machine, where the user has one", () => {
    const exempt = "intern,localhost,127.0.0.1,::1";
    expect(proxySettings({ HTTPS_PROXY: "http://proxy:3128", NO_PROXY: "intern" })).toEqual({
      NODE_USE_ENV_PROXY: "1",
      no_proxy: exempt,
      NO_PROXY: exempt,
    });
    expect(proxySettings({ http_proxy: "http://proxy:3128" }).no_proxy).toBe("localhost,127.0.0.1,::1");
  });

  it("changes nothing where there is none", () => {
    expect(proxySettings({ HTTPS_PROXY: "", NO_PROXY: "intern" })).toEqual({});
  });
});
