import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { askDocker, type DockerCall, environmentFor, scriptOf } from "../../../client/docker.ts";
import type { RemoteResult } from "../../../client/ssh.ts";
import { asRoot, type SshHost } from "../../../model/ssh.ts";
import { pathWith, putScript, temporaryFolder } from "../toolchain/support.ts";

const runOnHost = vi.hoisted(() =>
  vi.fn<(host: SshHost, script: string, timeoutMs: number) => Promise<RemoteResult>>(),
);
vi.mock("../../../client/ssh.ts", () => ({ runOnHost }));

beforeEach(() => {
  runOnHost.mockReset();
});

const ssh: SshHost = {
  address: "192.0.2.1",
  port: 22,
  user: "deploy",
  hostKey: "ssh-ed25519 AAAA",
  identityFile: undefined,
};

/** The environment of a stand-in for the docker CLI. */
function fakeDocker(body: string): NodeJS.ProcessEnv {
  const folder = temporaryFolder();
  putScript(join(folder, "docker"), body);
  return pathWith(folder);
}

/** Tells its arguments, each on a line. */
const tellsArguments = `printf '%s\\n' "$@"`;

describe("the environment of the docker CLI", () => {
  const env = { PATH: "/bin", DOCKER_HOST: "unix:///run/one.sock" };

  it("stays as it is for an engine without a URL of its own", () => {
    expect(environmentFor({}, env)).toBe(env);
    expect(environmentFor({ dockerUrl: undefined }, env)).toBe(env);
  });

  it("has an engine's own URL, whatever is set", () => {
    expect(environmentFor({ dockerUrl: "tcp://10.0.0.1:2375" }, env)).toEqual({
      PATH: "/bin",
      DOCKER_HOST: "tcp://10.0.0.1:2375",
    });
  });
});

describe("an engine that is reached from here", () => {
  const list: DockerCall = ["container", "ls", "--all", "--format", "{{.Names}}\t{{.State}}"];

  it("is asked by the CLI with these very arguments", async () => {
    const answer = await askDocker({}, list, fakeDocker(tellsArguments));
    const told = "container\nls\n--all\n--format\n{{.Names}}\t{{.State}}\n";
    expect(answer).toEqual({ code: 0, stdout: told, output: told });
    expect(runOnHost).not.toHaveBeenCalled();
  });

  it("is the one of its URL", async () => {
    const engine = { dockerUrl: "tcp://10.0.0.1:2375" };
    expect((await askDocker(engine, list, fakeDocker(`echo "$DOCKER_HOST"`))).stdout).toBe(
      "tcp://10.0.0.1:2375\n",
    );
  });

  it("answers with its exit code, what it lists, and that with what it complains of", async () => {
    const env = fakeDocker("echo listed; echo 'no such container' >&2; exit 3");
    const { code, stdout, output } = await askDocker({}, ["container", "inspect", "x"], env);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "listed\n" });
    expect(output.trim().split("\n").sort()).toEqual(["listed", "no such container"]);
  });

  it("has no exit code where a signal ended the CLI, or there is none", async () => {
    expect((await askDocker({}, list, fakeDocker("kill -9 $$"))).code).toBeUndefined();
    const nowhere = { PATH: temporaryFolder() };
    expect(await askDocker({}, list, nowhere)).toEqual({ code: undefined, stdout: "", output: "" });
  });
});

describe("an engine whose host is reached by SSH", () => {
  const remove: DockerCall = ["volume", "rm", "pod-dk_nats-data"];
  const engine = { dockerUrl: undefined, remote: { ssh } };

  it("is asked there, within a minute", async () => {
    runOnHost.mockResolvedValue({ code: 0, stdout: "pod-dk_nats-data\n", stderr: "" });
    const answer = await askDocker(engine, remove, {});
    expect(runOnHost).toHaveBeenCalledExactlyOnceWith(ssh, "docker volume rm 'pod-dk_nats-data'", 60_000);
    expect(answer).toEqual({ code: 0, stdout: "pod-dk_nats-data\n", output: "pod-dk_nats-data\n" });
  });

  it("answers with what was said on both ends", async () => {
    runOnHost.mockResolvedValue({ code: 1, stdout: "a\n", stderr: "volume is in use\n" });
    expect(await askDocker(engine, remove, {})).toEqual({
      ...{ code: 1, stdout: "a\n", output: "a\nvolume is in use\n" },
    });
  });
});

describe("the script for a host", () => {
  const nasty = "$(echo a) `echo b` ; echo c & | > < \" ' \\ \n * ~ # ! --force";

  it("keeps every option and every name one word, whatever is in it", () => {
    const word = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."'\"\\$`;&|*~#!\n\t -{}ab") }));
    const words = fc.sample(
      word.filter((text) => !text.includes("\0")),
      { numRuns: 300, seed: 11 },
    );
    expect(wordsTold([nasty, ...words])).toEqual(["volume", "rm", nasty, ...words]);
  });

  /** What the CLI is told by root's shell, which the user's shell starts. A word that gets loose finds no program. */
  function wordsTold(rest: readonly string[]): string[] {
    const folder = temporaryFolder();
    putScript(join(folder, "docker"), `printf '%s\\0' "$@"`);
    symlinkSync("/bin/sh", join(folder, "sh"));
    const line = asRoot({ user: "root" }, scriptOf(["volume", "rm", ...rest]));
    const told = execFileSync("/bin/sh", ["-c", line], {
      cwd: folder,
      env: { PATH: folder },
      encoding: "utf8",
    });
    return told.split("\0").slice(0, -1);
  }
});
