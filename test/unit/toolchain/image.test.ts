import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildImage, cannotBuild, hasImage, imageChanges, pullImage } from "../../../toolchain/image.ts";
import { pathWith, put, putScript, temporaryFolder } from "./support.ts";

/** A stand-in for the Docker CLI that notes how it is called; `body` is the rest of what it does. */
function fakeDocker(body: string) {
  const folder = temporaryFolder();
  putScript(join(folder, "docker"), `echo "$*" >> ${folder}/calls\n${body}`);
  const calls = () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  return { folder, env: pathWith(folder), calls };
}

describe("an image that can't be pulled", () => {
  it("can be built in the pinned version only", () => {
    expect(cannotBuild("nats:2.15.1")).toBeUndefined();
    for (const reference of ["nats:2.12.0", "nats:2.15.1-alpine", "registry.example.org/nats:2.15.1"]) {
      expect(cannotBuild(reference)).toContain(`the image ${reference} can't be built locally`);
      expect(cannotBuild(reference)).toContain("nats:2.15.1 only");
    }
  });

  it("tells why", async () => {
    const { env } = fakeDocker("echo 'Trying'; echo 'dial tcp: lookup failed' >&2; exit 1");
    expect(await pullImage("nats:2.15.1", env, () => {})).toBe("dial tcp: lookup failed");
  });

  it("is none that was pulled", async () => {
    const { env, calls } = fakeDocker("exit 0");
    expect(await pullImage("nats:2.15.1", env, () => {})).toBeUndefined();
    expect(calls()).toEqual(["pull nats:2.15.1"]);
  });
});

describe("whether the image is there", () => {
  it("is asked of the Docker CLI where the engine is elsewhere", async () => {
    const { env } = fakeDocker('[ "$3" = nats:2.15.1 ]');
    expect(await hasImage("nats:2.15.1", "ssh://there", env)).toBe(true);
    expect(await hasImage("nats:2.12.0", "ssh://there", env)).toBe(false);
  });
});

describe("a local build", () => {
  const reference = "nats:2.15.1";
  const works = "case $1 in import) cat > /dev/null;; run) echo nats-server: v2.15.1;; esac";

  async function build(body: string) {
    const docker = fakeDocker(body);
    const server = put(join(docker.folder, "nats-server"), "program");
    put(join(docker.folder, "nats-server.conf"), "port: 4222");
    const done = buildImage({ reference, server, toolchain: docker.folder, env: docker.env });
    return { ...docker, done };
  }

  it("is like the official image, and says what it is", () => {
    expect(imageChanges(reference)).toEqual([
      'ENTRYPOINT ["/nats-server"]',
      'CMD ["--config","nats-server.conf"]',
      "EXPOSE 4222 6222 8222",
      "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/",
      "LABEL org.unityplan.local-build=nats:2.15.1",
      "LABEL org.opencontainers.image.version=2.15.1",
    ]);
  });

  it("gets the image's name only after it ran, and its trial name goes", async () => {
    const { done, calls } = await build(works);
    await done;
    const trial = /(\S+)$/.exec(calls()[0] ?? "")?.[1];
    expect(calls().slice(1)).toEqual([
      `run --rm --network none ${trial} --version`,
      `tag ${trial} ${reference}`,
      `rmi ${trial}`,
    ]);
  });

  it.each([
    [
      "says another version",
      works.replace("v2.15.1", "v2.15.0"),
      'the built image says "nats-server: v2.15.0"',
    ],
    [
      "does not run",
      works.replace("echo nats-server: v2.15.1", "echo exec format error; exit 1"),
      "exec format error",
    ],
  ])("never gets the image's name where it %s", async (_case, body, message) => {
    const { done, calls } = await build(body);
    await expect(done).rejects.toThrow(message);
    expect(calls().map((call) => call.split(" ")[0])).toEqual(["import", "run", "rmi"]);
  });
});
