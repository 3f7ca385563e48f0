import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PULUMI_VERSION } from "../../../toolchain/modules.ts";
import type { PulumiFound } from "../../../toolchain/pulumi.ts";
import { builtParts, homeWith } from "../../../toolchain/pulumi-home.ts";
import { readPulumiHome } from "../../../toolchain/state.ts";
import { put, putScript, temporaryFolder } from "./support.ts";

const installed = { source: "installed" as const };
const built = (folder: string) => ({ source: "built" as const, folder });

function machine() {
  const folder = temporaryFolder();
  for (const name of ["docker", "tls", "command"])
    put(join(folder, "project/node_modules/@pulumi", name, "package.json"), '{"version":"1.2.3"}');
  const own = join(folder, "home/.pulumi");
  putScript(join(own, "plugins/resource-tls-v1.2.3/pulumi-resource-tls"), "");
  const at = {
    cache: join(folder, "cache"),
    project: join(folder, "project"),
    env: { HOME: join(folder, "home") },
  };
  return { at, own };
}

const found: PulumiFound = {
  cli: { pulumi: built("/c/pulumi"), "language-nodejs": built("/c/host") },
  plugins: { docker: built("/c/docker"), tls: installed, command: installed },
};

describe("a home for Pulumi with what was built here", () => {
  it("has what was built and what the person's own home has, and leaves that home as it was", () => {
    const { at, own } = machine();
    const before = readdirSync(own, { recursive: true });
    const { PULUMI_HOME = "" } = homeWith(found, at);
    const target = (folder: string, program: string) =>
      readlinkSync(join(PULUMI_HOME, "plugins", folder, program));
    expect(target(`language-nodejs-v${PULUMI_VERSION}`, "pulumi-language-nodejs")).toBe(
      "/c/host/pulumi-language-nodejs",
    );
    expect(target("resource-docker-v1.2.3", "pulumi-resource-docker")).toBe(
      "/c/docker/pulumi-resource-docker",
    );
    expect(target("resource-tls-v1.2.3", "pulumi-resource-tls")).toBe(
      join(own, "plugins/resource-tls-v1.2.3/pulumi-resource-tls"),
    );
    // It is on PATH.
    expect(existsSync(join(PULUMI_HOME, "plugins/resource-command-v1.2.3"))).toBe(false);
    expect(PULUMI_HOME.startsWith(at.cache)).toBe(true);
    expect(readdirSync(own, { recursive: true })).toEqual(before);
  });

  it("is the same one the second time, and another one for another build", () => {
    const { at } = machine();
    expect(homeWith(found, at)).toEqual(homeWith(found, at));
    const other = { ...found, plugins: { ...found.plugins, docker: built("/c/docker-2") } };
    expect(homeWith(other, at).PULUMI_HOME).not.toBe(homeWith(found, at).PULUMI_HOME);
  });

  it("keeps the person's login", () => {
    const { at, own } = machine();
    put(join(own, "credentials.json"), '{"current":"s3://theirs"}');
    const env = { ...at.env, ...homeWith(found, at) };
    expect(readPulumiHome(env, at.project, "dev").loggedInTo).toBe("s3://theirs");
    const moved = { ...at.env, PULUMI_CREDENTIALS_PATH: "/elsewhere" };
    expect(homeWith(found, { ...at, env: moved }).PULUMI_CREDENTIALS_PATH).toBe("/elsewhere");
  });

  it("is not made where nothing was built", () => {
    const { at } = machine();
    const vendor = { source: "downloaded" as const, folder: "/c/vendor" };
    const downloaded: PulumiFound = {
      cli: { pulumi: vendor, "language-nodejs": vendor },
      plugins: { docker: installed, tls: installed, command: installed },
    };
    expect(homeWith(downloaded, at)).toEqual({});
    expect(existsSync(at.cache)).toBe(false);
  });
});

describe("what was built", () => {
  it("is told by the programs' names", () => {
    expect(builtParts(found)).toEqual(["pulumi-language-nodejs", "pulumi-resource-docker"]);
  });
});
