import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chooseBackend, readPulumiHome, useBackend } from "../../../toolchain/state.ts";
import { put, temporaryFolder } from "./support.ts";

const empty = {
  stateFolder: "/project/.state",
  hasState: false,
  hasPassphraseFile: false,
};
const local = { kind: "local", url: "file:///project/.state" };

describe("the backend", () => {
  it.each([
    [{ PULUMI_BACKEND_URL: "s3://bucket" }, empty, "PULUMI_BACKEND_URL"],
    [{ PULUMI_ACCESS_TOKEN: "pul-1" }, empty, "PULUMI_ACCESS_TOKEN"],
    [{}, { ...empty, loggedInTo: "https://api.example.org" }, "pulumi login"],
  ])("is the user's own where there is one (%j)", (env, home, namedBy) => {
    for (const stack of ["dev", "prod"]) {
      expect(chooseBackend(env, home, stack)).toEqual({ kind: "own", namedBy });
    }
  });

  it("is local else, with the passphrase that the user gives, even an empty one", () => {
    for (const env of [{ PULUMI_CONFIG_PASSPHRASE: "" }, { PULUMI_CONFIG_PASSPHRASE_FILE: "/secret" }]) {
      expect(chooseBackend(env, empty, "prod")).toEqual({ ...local, passphrase: "given" });
      expect(chooseBackend(env, { ...empty, hasState: true }, "dev")).toEqual({
        ...local,
        passphrase: "given",
      });
    }
  });

  it("gets a passphrase of its own for dev at the first time, and keeps it", () => {
    expect(chooseBackend({}, empty, "dev")).toEqual({ ...local, passphrase: "to-generate" });
    const used = { ...empty, hasState: true, hasPassphraseFile: true };
    expect(chooseBackend({}, used, "dev")).toEqual({ ...local, passphrase: "from-file" });
  });

  it("keeps dev's passphrase where another one is exported", () => {
    const used = { ...empty, hasState: true, hasPassphraseFile: true };
    for (const env of [{ PULUMI_CONFIG_PASSPHRASE: "other" }, { PULUMI_CONFIG_PASSPHRASE_FILE: "/other" }]) {
      expect(chooseBackend(env, used, "dev")).toEqual({ ...local, passphrase: "from-file" });
      expect(chooseBackend(env, used, "prod")).toEqual({ ...local, passphrase: "given" });
      expect(chooseBackend(env, { ...used, hasState: false }, "dev")).toMatchObject({ passphrase: "given" });
    }
  });

  it("never gets a new passphrase for a state that is there", () => {
    expect(() => chooseBackend({}, { ...empty, hasState: true }, "dev")).toThrow(
      /passphrase is gone: \/project\/\.state\/passphrase does not exist/,
    );
  });

  it.each(["prod", "staging", "dev2"])("never makes up a passphrase for %s", (stack) => {
    for (const home of [empty, { ...empty, hasPassphraseFile: true }]) {
      expect(() => chooseBackend({}, home, stack)).toThrow(
        new RegExp(`"${stack}" has no passphrase.*PULUMI_CONFIG_PASSPHRASE_FILE`),
      );
    }
  });
});

describe("what is found on disk", () => {
  it("is the login in Pulumi's own folder, which PULUMI_HOME can move", () => {
    const home = temporaryFolder();
    put(join(home, ".pulumi/credentials.json"), '{"current":"file://~"}');
    put(join(home, "other/credentials.json"), '{"current":""}');
    expect(readPulumiHome({ HOME: home }, home, "dev").loggedInTo).toBe("file://~");
    const moved = readPulumiHome({ HOME: home, PULUMI_HOME: join(home, "other") }, home, "dev");
    expect(moved.loggedInTo).toBeUndefined();
  });

  it.each(["dev.json", "dev.json.gz"])("is the state of a stack as %s", (name) => {
    const project = temporaryFolder();
    put(join(project, ".state/.pulumi/stacks/unityplan-nats", name), "{}");
    expect(readPulumiHome({ HOME: project }, project, "dev").hasState).toBe(true);
    expect(readPulumiHome({ HOME: project }, project, "prod").hasState).toBe(false);
  });
});

describe("getting the backend ready", () => {
  it("makes the passphrase once, for its owner only", () => {
    const project = temporaryFolder();
    const first = useBackend({ HOME: project }, project, "dev");
    const file = join(project, ".state/passphrase");
    expect(first.env).toMatchObject({
      PULUMI_BACKEND_URL: `file://${project}/.state`,
      PULUMI_CONFIG_PASSPHRASE_FILE: file,
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const passphrase = readFileSync(file, "utf8");
    expect(passphrase.trim().length).toBeGreaterThanOrEqual(43);
    useBackend({ HOME: project }, project, "dev");
    expect(readFileSync(file, "utf8")).toBe(passphrase);
  });

  it("hides an exported passphrase from Pulumi where dev has its own", () => {
    const project = temporaryFolder();
    useBackend({ HOME: project }, project, "dev");
    put(join(project, ".state/.pulumi/stacks/unityplan-nats/dev.json"), "{}");
    const { env } = useBackend({ HOME: project, PULUMI_CONFIG_PASSPHRASE: "other" }, project, "dev");
    expect(env).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE");
    expect(env.PULUMI_CONFIG_PASSPHRASE_FILE).toBe(join(project, ".state/passphrase"));
  });

  it("makes another passphrase in another project", () => {
    const read = (project: string) => {
      useBackend({ HOME: project }, project, "dev");
      return readFileSync(join(project, ".state/passphrase"), "utf8");
    };
    expect(read(temporaryFolder())).not.toBe(read(temporaryFolder()));
  });

  it("leaves the user's own backend and passphrase alone", () => {
    const project = temporaryFolder();
    const own = { HOME: project, PULUMI_BACKEND_URL: "s3://bucket" };
    expect(useBackend(own, project, "dev").env).toEqual(own);
    const given = { HOME: project, PULUMI_CONFIG_PASSPHRASE: "mine" };
    expect(useBackend(given, project, "dev").env.PULUMI_CONFIG_PASSPHRASE_FILE).toBeUndefined();
    expect(existsSync(join(project, ".state/passphrase"))).toBe(false);
  });

  it("makes nothing where it refuses", () => {
    const project = temporaryFolder();
    expect(() => useBackend({ HOME: project }, project, "prod")).toThrow("no passphrase");
    expect(existsSync(join(project, ".state"))).toBe(false);
  });
});
