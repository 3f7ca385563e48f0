import { createServer } from "node:http";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { installEngine, startEngine } from "../../../toolchain/engine-start.ts";
import { provideEngine } from "../../../toolchain/jobs.ts";
import { withLock } from "../../../toolchain/lock.mjs";
import { createReport } from "../../../toolchain/report.ts";
import { temporaryFolder } from "./support.ts";

vi.mock("../../../toolchain/engine-start.ts", async (original) => ({
  ...(await original<typeof import("../../../toolchain/engine-start.ts")>()),
  readMachine: () => ({ isRoot: true, systemIds: ["debian"], hasDockerd: true, hasAptGet: true }),
  startEngine: vi.fn(),
  installEngine: vi.fn(),
}));

beforeEach(() => void vi.clearAllMocks());

/** A machine whose engine is a stand-in on a socket of its own: the real one is never started for it. */
function machine() {
  const folder = temporaryFolder();
  const socket = join(folder, "s");
  const setting = {
    report: createReport({ write: () => {} }),
    project: folder,
    cache: join(folder, "cache"),
    env: { PATH: folder, HOME: folder, DOCKER_HOST: `unix://${socket}` },
    releases: "",
  };
  const answer = async () => {
    const server = createServer((_request, response) => response.end("OK"));
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    onTestFinished(() => void server.close());
  };
  return { setting, answer, lock: join(setting.cache, "locks/engine") };
}

describe("getting the engine to answer", () => {
  it("waits for another set-up that is about it, and uses what that one did", async () => {
    const { setting, answer, lock } = machine();
    const notes: string[] = [];
    let waiting: Promise<void> | undefined;
    await withLock(lock, async () => {
      waiting = provideEngine(setting, (text) => notes.push(text));
      waiting.catch(() => {});
      await expect.poll(() => notes).toEqual([expect.stringContaining("waiting for another set-up")]);
      await answer();
    });
    await waiting;
    expect(startEngine).not.toHaveBeenCalled();
    expect(installEngine).not.toHaveBeenCalled();
  });

  it("says what to do where the other set-up did not get it to answer", async () => {
    const { setting } = machine();
    await expect(provideEngine(setting, () => {})).rejects.toThrow(
      /No Docker engine answers[\s\S]*DOCKER_HOST/,
    );
  });
});
