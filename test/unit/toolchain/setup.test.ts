import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { jobsFor, scaleToCores } from "../../../toolchain/jobs.ts";
import { createReport } from "../../../toolchain/report.ts";
import { toolsEnv, toolsOf, wantedOf } from "../../../toolchain/setup.ts";
import {
  binFolders,
  doneWithout,
  type Missing,
  type Survey,
  whatIsMissing,
} from "../../../toolchain/survey.ts";
import { put, putScript, temporaryFolder } from "./support.ts";

const nothing: Survey = {
  go: { program: "/go", version: "1.26.8" },
  pulumi: {
    cli: { pulumi: undefined, "language-nodejs": undefined },
    plugins: { docker: undefined, tls: undefined, command: undefined },
  },
  nats: {},
  engine: { problems: [] },
  hasImage: false,
};
const built = (folder: string) => ({ source: "built" as const, folder });
const installed = { source: "installed" as const };
const everything: Survey = {
  ...nothing,
  pulumi: {
    cli: { pulumi: built("/c/pulumi"), "language-nodejs": built("/c/host") },
    plugins: { docker: built("/c/docker"), tls: installed, command: built("/c/command") },
  },
  nats: { nats: built("/c/nats") },
  engine: { endpoint: { host: "unix:///var/run/docker.sock", namedBy: "the usual socket" } },
  hasImage: true,
};
const all = { engine: true, image: "nats:2.15.1", nats: ["nats"] as const };
const wanted = { ...all, nats: [...all.nats] };

describe("what is wanted", () => {
  it("is Pulumi alone where nothing else is named", () => {
    expect(wantedOf({})).toEqual({ engine: false, image: undefined, nats: [] });
  });

  it("is an engine too where an image is", () => {
    expect(wantedOf({ image: true })).toMatchObject({ engine: true, image: "nats:2.15.1" });
    expect(wantedOf({ image: { reference: "nats:2.16.0" } }).image).toBe("nats:2.16.0");
  });

  it("is each NATS program for itself", () => {
    expect(wantedOf({ natsCli: true, natsServer: true }).nats).toEqual(["nats", "nats-server"]);
    expect(wantedOf({ natsServer: true }).nats).toEqual(["nats-server"]);
  });

  it("is a `nats` that can be done without only where that is said", () => {
    expect(wantedOf({ natsCli: "if possible" })).toMatchObject({ nats: ["nats"], natsIfPossible: ["nats"] });
    expect(wantedOf({ natsCli: true }).natsIfPossible).toBeUndefined();
  });
});

describe("what is missing", () => {
  it("is all of what is wanted and not there", () => {
    expect(whatIsMissing(nothing, wanted)).toEqual({
      engine: true,
      image: true,
      cli: ["pulumi", "language-nodejs"],
      plugins: ["docker", "tls", "command"],
      nats: ["nats"],
    });
  });

  it("is nothing that is not wanted", () => {
    const missing = whatIsMissing(nothing, { engine: false, image: undefined, nats: [] });
    expect(missing).toMatchObject({ engine: false, image: false, nats: [] });
  });

  it("is nothing where all is there", () => {
    expect(whatIsMissing(everything, wanted)).toEqual({
      engine: false,
      image: false,
      cli: [],
      plugins: [],
      nats: [],
    });
  });
});

describe("a program that can be done without", () => {
  const optional = { ...wanted, natsIfPossible: ["nats" as const] };

  it.each([
    ["no Go", undefined],
    ["a Go that is too old", { program: "/go", version: "1.24.3" }],
  ])("is not missing where it can't be built: %s", (_, go) => {
    expect(doneWithout({ ...nothing, go }, optional)).toEqual(["nats"]);
    expect(whatIsMissing({ ...nothing, go }, optional).nats).toEqual([]);
    expect(whatIsMissing({ ...nothing, go }, wanted).nats).toEqual(["nats"]);
  });

  it("is built where it can be", () => {
    expect(doneWithout(nothing, optional)).toEqual([]);
    expect(whatIsMissing(nothing, optional).nats).toEqual(["nats"]);
  });

  it("is used where it is there, Go or not", () => {
    expect(doneWithout({ ...everything, go: undefined }, optional)).toEqual([]);
  });
});

describe("the tools that a command gets", () => {
  function tools(nats: Survey["nats"]) {
    const folder = temporaryFolder();
    const own = putScript(join(folder, "own/nats"), "");
    const env = { PATH: join(folder, "own") };
    const setting = {
      report: createReport({ write: () => {} }),
      project: folder,
      cache: folder,
      env,
      releases: "",
    };
    const withCache = nats.nats?.folder ? { nats: built(join(folder, nats.nats.folder)) } : nats;
    putScript(join(folder, "cached/nats"), "");
    return { folder, own, ...toolsOf(setting, { ...nothing, go: undefined, nats: withCache }) };
  }

  it("name the `nats` that is used: the installed one, else the one in the cache", () => {
    const user = tools({ nats: installed });
    expect(user.natsCli).toBe(user.own);
    const cached = tools({ nats: built("cached") });
    expect(cached.natsCli).toBe(join(cached.folder, "cached/nats"));
  });

  it("name none where none was found, though one that is too old is on PATH", () => {
    expect(tools({ nats: undefined }).natsCli).toBeUndefined();
    expect(tools({})).not.toHaveProperty("natsCli");
  });
});

describe("the folders for PATH", () => {
  it("are those of what was downloaded or built, each once, without what Pulumi looks up by itself", () => {
    expect(binFolders(everything)).toEqual(["/c/pulumi", "/c/nats"]);
    const vendor = { source: "downloaded" as const, folder: "/c/vendor" };
    const found = {
      ...everything,
      pulumi: { ...everything.pulumi, cli: { pulumi: vendor, "language-nodejs": vendor } },
    };
    expect(binFolders(found)).toEqual(["/c/vendor", "/c/nats"]);
  });
});

describe("the jobs", () => {
  const missing: Missing = {
    engine: false,
    image: true,
    cli: ["pulumi", "language-nodejs"],
    plugins: ["docker", "tls"],
    nats: ["nats"],
  };

  function jobs(vendor: boolean, changes: Partial<Missing> = {}) {
    const project = temporaryFolder();
    for (const name of ["docker", "tls"]) {
      put(join(project, "node_modules/@pulumi", name, "package.json"), '{"version":"1.2.3"}');
    }
    const setting = {
      report: createReport({ write: () => {} }),
      project,
      cache: join(project, "c"),
      env: {},
      releases: "",
    };
    const envWithCli = async () => ({});
    const options = { setting, found: nothing, missing: { ...missing, ...changes }, vendor, envWithCli };
    return jobsFor({ ...options, image: "nats:2.15.1" });
  }

  it("build Pulumi and its plugins where the vendor does not answer, the slow ones last", () => {
    const list = jobs(false);
    expect(list.map(({ title }) => title)).toEqual([
      "getting the image nats:2.15.1",
      "building nats from Go modules",
      "building pulumi from Go modules",
      "building pulumi-language-nodejs from Go modules",
      "building pulumi-resource-docker from Go modules",
      "building pulumi-resource-tls from Go modules",
    ]);
    expect(list.flatMap(({ builds }) => builds)).toEqual([
      "nats",
      "pulumi",
      "pulumi-language-nodejs",
      "pulumi-resource-docker",
      "pulumi-resource-tls",
    ]);
  });

  it("download them where it does, and can be replaced by builds", () => {
    const list = jobs(true, { image: false, nats: [] });
    expect(list.map(({ title }) => title)).toEqual([
      "downloading Pulumi 3.259.0",
      "downloading Pulumi's plugin docker 1.2.3",
      "downloading Pulumi's plugin tls 1.2.3",
    ]);
    expect(list.every(({ hasSubstitute, builds }) => hasSubstitute && builds.length === 0)).toBe(true);
  });

  it("build only the part of Pulumi that is missing", () => {
    const [first] = jobs(false, { image: false, cli: ["language-nodejs"], plugins: [], nats: [] });
    expect(first?.title).toBe("building pulumi-language-nodejs from Go modules");
  });

  it("are none where nothing is missing", () => {
    expect(jobs(true, { image: false, cli: [], plugins: [], nats: [] })).toEqual([]);
  });

  it("are said to take longer on fewer cores", () => {
    expect(scaleToCores(240, 1)).toBe(480);
    expect(scaleToCores(240, 2)).toBe(240);
    expect(scaleToCores(240, 8)).toBe(60);
    expect(scaleToCores(240, 64)).toBe(60);
  });
});

describe("the environment of the tools", () => {
  const where = { binDirs: ["/c/pulumi"], project: "/p", cache: "/c", dockerHost: undefined };

  it("has the tools, then the project's packages, then the user's own PATH", () => {
    const env = toolsEnv({ PATH: "/usr/bin", HOME: "/home/a" }, where);
    expect(env).toEqual({
      PATH: "/c/pulumi:/p/node_modules/.bin:/usr/bin",
      HOME: "/home/a",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      NODE_COMPILE_CACHE: "/c/node-compile",
      NODE_OPTIONS: "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
    });
  });

  it("leads to the Go in use, after all else and once", () => {
    const path = (PATH: string) => toolsEnv({ PATH }, { ...where, goFolder: "/go/bin" }).PATH;
    expect(path("/usr/bin")).toBe("/c/pulumi:/p/node_modules/.bin:/usr/bin:/go/bin");
    expect(path("/go/bin:/usr/bin")).toBe("/c/pulumi:/p/node_modules/.bin:/go/bin:/usr/bin");
    const setting = { report: createReport(), project: "/p", cache: "/c", env: {}, releases: "" };
    const found = { ...nothing, go: { program: "/opt/go/bin/go", version: "1.26.8" } };
    expect(toolsOf(setting, found).env.PATH).toBe("/p/node_modules/.bin:/opt/go/bin");
  });

  it("keeps the user's own options and is the same when made twice", () => {
    const once = toolsEnv({ PATH: "/usr/bin", NODE_OPTIONS: "--max-old-space-size=512" }, where);
    expect(once.NODE_OPTIONS).toBe("--max-old-space-size=512 --disable-warning=MODULE_TYPELESS_PACKAGE_JSON");
    expect(toolsEnv(once, where).NODE_OPTIONS).toBe(once.NODE_OPTIONS);
  });

  it("names the engine only where it is not at the usual place", () => {
    const host = (dockerHost: string) => toolsEnv({}, { ...where, dockerHost }).DOCKER_HOST;
    expect(host("unix:///var/run/docker.sock")).toBeUndefined();
    expect(host("ssh://desk")).toBe("ssh://desk");
  });
});
