import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { choosePlace, findPulumi, isInPluginFolder } from "../../../toolchain/pulumi.ts";
import { pathWith, put, putScript, temporaryFolder } from "./support.ts";

describe("where a part of Pulumi is taken from", () => {
  const everywhere = { installed: true, downloaded: "/vendor", built: "/built" };

  it("is the installation first, then the vendor's release, then the build", () => {
    expect(choosePlace(everywhere)).toEqual({ source: "installed" });
    expect(choosePlace({ ...everywhere, installed: false })).toEqual({
      source: "downloaded",
      folder: "/vendor",
    });
    expect(choosePlace({ ...everywhere, installed: false, downloaded: undefined })).toEqual({
      source: "built",
      folder: "/built",
    });
    expect(choosePlace({ installed: false, downloaded: undefined, built: undefined })).toBeUndefined();
  });
});

describe("a plugin in Pulumi's own folder", () => {
  const plugin = "plugins/resource-tls-v5.6.1";

  it("counts in the wanted version only", () => {
    const home = temporaryFolder();
    putScript(join(home, plugin, "pulumi-resource-tls"), "");
    expect(isInPluginFolder({ PULUMI_HOME: home }, "tls", "5.6.1")).toBe(true);
    expect(isInPluginFolder({ PULUMI_HOME: home }, "tls", "5.6.2")).toBe(false);
  });

  it("is looked for under the home folder where PULUMI_HOME is not set", () => {
    const home = temporaryFolder();
    putScript(join(home, ".pulumi", plugin, "pulumi-resource-tls"), "");
    expect(isInPluginFolder({ HOME: home }, "tls", "5.6.1")).toBe(true);
  });

  it("does not count while Pulumi marks it as unfinished", () => {
    const home = temporaryFolder();
    putScript(join(home, plugin, "pulumi-resource-tls"), "");
    put(join(home, `${plugin}.partial`), "");
    expect(isInPluginFolder({ PULUMI_HOME: home }, "tls", "5.6.1")).toBe(false);
  });
});

describe("Pulumi on this machine", () => {
  function machine() {
    const project = temporaryFolder();
    for (const name of ["docker", "tls", "command"]) {
      put(join(project, "node_modules/@pulumi", name, "package.json"), '{"version":"1.0.0"}');
      put(join(project, "toolchain/go", name, "go.mod"), name);
    }
    for (const name of ["pulumi", "language-nodejs"])
      put(join(project, "toolchain/go", name, "go.mod"), name);
    const bin = join(project, "bin");
    const find = () =>
      findPulumi({ cache: join(project, "cache"), env: pathWith(bin), go: undefined, project });
    return { bin, find };
  }

  it("is missing altogether where nothing is installed or cached", async () => {
    const found = await machine().find();
    expect(found).toEqual({
      cli: { pulumi: undefined, "language-nodejs": undefined },
      plugins: { docker: undefined, tls: undefined, command: undefined },
    });
  });

  it("is the installed one, if it is new enough and its Node host lies beside it", async () => {
    const { bin, find } = machine();
    putScript(join(bin, "pulumi"), "echo v3.300.0");
    expect((await find()).cli.pulumi).toBeUndefined();
    putScript(join(bin, "pulumi-language-nodejs"), "");
    expect((await find()).cli).toEqual({
      pulumi: { source: "installed" },
      "language-nodejs": { source: "installed" },
    });
    putScript(join(bin, "pulumi"), "echo v3.100.0");
    expect((await find()).cli.pulumi).toBeUndefined();
  });

  it("takes each plugin for itself", async () => {
    const { bin, find } = machine();
    putScript(join(bin, "pulumi-resource-tls"), "");
    putScript(join(bin, ".pulumi/plugins/resource-docker-v1.0.0/pulumi-resource-docker"), "");
    expect((await find()).plugins).toEqual({
      docker: { source: "installed" },
      tls: { source: "installed" },
      command: undefined,
    });
  });
});
