import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  askSocket,
  DEFAULT_SOCKET,
  endpointsToAsk,
  engineProblem,
  findEngine,
  readDockerSettings,
} from "../../../toolchain/engine.ts";
import { pathWith, put, putScript, temporaryFolder } from "./support.ts";

/** A stand-in for an engine on a socket of its own. */
async function engineOn(socket: string, status = 200): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/_ping" ? status : 404).end("OK");
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => void server.close());
  return `unix://${socket}`;
}

const hosts = (settings: Parameters<typeof endpointsToAsk>[0]) =>
  endpointsToAsk(settings).map(({ host }) => host);

describe("the engines to ask", () => {
  it("are the usual sockets where the user named none", () => {
    expect(hosts({ env: {} })).toEqual([DEFAULT_SOCKET]);
    expect(hosts({ env: { XDG_RUNTIME_DIR: "/run/user/1", HOME: "/home/a" } })).toEqual([
      DEFAULT_SOCKET,
      "unix:///run/user/1/docker.sock",
      "unix:///home/a/.docker/run/docker.sock",
    ]);
  });

  it("are the one that the user named alone, DOCKER_HOST before the context", () => {
    const context = { currentContext: "desk", contextHost: "ssh://desk" };
    expect(endpointsToAsk({ env: {}, ...context })).toEqual([
      { host: "ssh://desk", namedBy: 'the Docker context "desk"' },
    ]);
    expect(endpointsToAsk({ env: { DOCKER_HOST: "tcp://10.0.0.1:2375" }, ...context })).toEqual([
      { host: "tcp://10.0.0.1:2375", namedBy: "DOCKER_HOST" },
    ]);
  });
});

describe("the user's Docker settings", () => {
  function home(current: string): string {
    const folder = temporaryFolder();
    put(join(folder, ".docker/config.json"), JSON.stringify({ currentContext: current }));
    for (const name of ["desk", "lap"]) {
      const id = createHash("sha256").update(name).digest("hex");
      const meta = { Name: name, Endpoints: { docker: { Host: `ssh://${name}` } } };
      put(join(folder, ".docker/contexts/meta", id, "meta.json"), JSON.stringify(meta));
    }
    return folder;
  }

  it("name the context of the CLI's configuration, or the one of DOCKER_CONTEXT", () => {
    const HOME = home("desk");
    expect(readDockerSettings({ HOME })).toMatchObject({ contextHost: "ssh://desk" });
    expect(readDockerSettings({ HOME, DOCKER_CONTEXT: "lap" })).toMatchObject({ contextHost: "ssh://lap" });
  });

  it("name none for the default context, without a configuration, or with a broken one", () => {
    const broken = temporaryFolder();
    put(join(broken, ".docker/config.json"), "{");
    for (const HOME of [home("default"), temporaryFolder(), broken]) {
      expect(readDockerSettings({ HOME }).contextHost).toBeUndefined();
    }
  });
});

describe("an engine", () => {
  it("on a socket is asked without a program", async () => {
    const host = await engineOn(join(temporaryFolder(), "docker.sock"));
    expect(await engineProblem(host, {})).toBeUndefined();
    expect(await askSocket(host, "/images/none/json")).toMatchObject({ status: 404 });
  });

  it("that is not there or ill is told with the reason", async () => {
    const folder = temporaryFolder();
    expect(await engineProblem(`unix://${join(folder, "none.sock")}`, {})).toBe("ENOENT");
    const ill = await engineOn(join(folder, "ill.sock"), 500);
    expect(await engineProblem(ill, {})).toBe("it answered with status 500");
  });

  it("elsewhere is asked by the Docker CLI", async () => {
    const folder = temporaryFolder();
    putScript(
      join(folder, "docker"),
      '[ "$DOCKER_HOST" = ssh://there ] && exit 0; echo "no such host"; exit 1',
    );
    expect(await engineProblem("ssh://there", pathWith(folder))).toBeUndefined();
    expect(await engineProblem("ssh://elsewhere", pathWith(folder))).toBe("no such host");
  });

  it("that answers is found after others that do not", async () => {
    const XDG_RUNTIME_DIR = temporaryFolder();
    const host = await engineOn(join(XDG_RUNTIME_DIR, "docker.sock"));
    // The machine's own engine may answer on the first socket; either is an engine.
    const found = await findEngine({ HOME: XDG_RUNTIME_DIR, XDG_RUNTIME_DIR });
    expect([DEFAULT_SOCKET, host]).toContain("endpoint" in found && found.endpoint.host);
  });

  it("that the user named and that does not answer is not replaced by another", async () => {
    const DOCKER_HOST = `unix://${join(temporaryFolder(), "none.sock")}`;
    expect(await findEngine({ DOCKER_HOST })).toEqual({
      problems: [{ endpoint: { host: DOCKER_HOST, namedBy: "DOCKER_HOST" }, problem: "ENOENT" }],
    });
  });
});
