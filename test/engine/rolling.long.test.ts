import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { LoadReport } from "../../harness/load/figures.ts";
import { type Load, startLoad } from "../../harness/load/load.ts";
import { inShort, TestStack } from "../../harness/stack.ts";
import { natsTypes } from "../../model/resource-types.ts";
import { noteFigures } from "../support/figures.ts";
import { imageOfLine } from "../support/server-versions.ts";
import { expectWhole } from "../support/whole-load.ts";

vi.setConfig({ testTimeout: 15 * 60_000, hookTimeout: 10 * 60_000 });
const ids = ["dk", "no", "se"];
let stack: TestStack;
let load: Load | undefined;
let older: string;

beforeAll(async () => {
  older = await imageOfLine("2.14");
  stack = await TestStack.create({ rollout: "rolling", cluster: { image: older } });
  await stack.mustUp();
});

afterAll(async () => {
  load?.kill();
  await stack?.dispose();
});

describe("a rolling change", () => {
  it("of the image restarts one server after the other, and nothing that was acknowledged is lost", async () => {
    stack.configure({ cluster: {} });
    const report = await underLoad("new image, 2.14.9 to 2.15.1, one server after the other", expectTurns);
    expectWhole(report);
    expect((await stack.changes()).map(inShort)).toEqual([]);
  });

  it("of a setting that needs a restart does the same", async () => {
    stack.configure({ cluster: { lameDuckGrace: "2s" } });
    const since = stack.now();
    await stack.mustUp();
    await expectTurns(since);
    expect((await stack.changes()).map(inShort)).toEqual([]);
  });

  it("is refused in the preview where servers of the two releases are not made for each other", async () => {
    stack.configure({ cluster: { image: "nats:2.12.15", lameDuckGrace: "2s" } });
    const { code, stdout, stderr } = await stack.pulumi("preview");
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("2.15.1 → 2.12.15 is a downgrade");
    expect(stdout + stderr).toContain("skips 2.14");
  });
});

describe("a rolling change that dies", () => {
  it("with Pulumi leaves the other servers as they were, and the next update goes on with them", async () => {
    stack.configure({ cluster: {} });
    const before = await stack.startTimes();
    const update = stack.begin();
    await update.says("no-preflight updated");
    update.kill();
    await update.ended;
    await stack.mustPulumi("cancel", "--yes");
    const half = await stack.startTimes();
    expect(half.dk).not.toBe(before.dk);
    expect(half.se).toBe(before.se);
    await stack.mustUp();
    const done = await stack.startTimes();
    expect(done.dk).toBe(half.dk);
    expect(done.se).not.toBe(before.se);
    expect((await stack.changes()).map(inShort)).toEqual([]);
  });

  it("at a server that does not come up stops there, keeps the quorum, and goes on when that is mended", async () => {
    const broken = await brokenImage();
    const before = await stack.startTimes();
    stack.configure({ cluster: { image: broken } });
    stack.waitLess({ type: natsTypes.node, seconds: 20 });
    load = await startLoad(target());
    const failed = await stack.upInBackground();
    expect(failed.code).not.toBe(0);
    expect(await stack.startTimes()).toMatchObject({ no: before.no, se: before.se });
    stack.waitLess(undefined);
    stack.configure({ cluster: {} });
    const mended = await stack.upInBackground();
    const report = await load.stop();
    noteFigures("a server that never comes up, then fixed", report);
    expect(mended.code, mended.stdout).toBe(0);
    expectWhole(report);
    expect(await stack.startTimes()).toMatchObject({ no: before.no, se: before.se });
    await stack.docker("image", "rm", broken);
  });

  it("does not begin while another server is down, and touches nothing", async () => {
    await stack.docker("stop", stack.serverName("se"));
    const before = await stack.startTimes();
    stack.configure({ cluster: { lameDuckGrace: "2s" } });
    const { code, stdout } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout).toContain(`${stack.serverName("dk")} was not restarted, and nothing of it was touched`);
    expect(stdout).toContain(`${stack.serverName("se")} does not answer`);
    expect(await stack.startTimes()).toEqual(before);
    await stack.docker("start", stack.serverName("se"));
    await stack.mustUp();
    expect((await stack.changes()).map(inShort)).toEqual([]);
  });
});

function target() {
  return { urls: Object.fromEntries(ids.map((id) => [id, stack.url(id)])) };
}

async function underLoad(what: string, check: (since: string) => Promise<void>): Promise<LoadReport> {
  load = await startLoad(target());
  const since = stack.now();
  const { code, stdout } = await stack.upInBackground();
  expect(code, stdout).toBe(0);
  await check(since);
  const report = await load.stop();
  noteFigures(what, report);
  return report;
}

/** At most one server is away at any moment: each dies after the one before has started. */
async function expectTurns(since: string): Promise<void> {
  const names = ids.map((id) => stack.serverName(id));
  expect(await stack.restarts(since)).toEqual(names.flatMap((name) => [`die ${name}`, `start ${name}`]));
}

/** A server of the same version that ends at once. */
async function brokenImage(): Promise<string> {
  const name = `${stack.prefix}broken:2.15.1`;
  const { stdout } = await stack.docker("create", "nats:2.15.1");
  await stack.docker(
    "commit",
    "--change",
    'ENTRYPOINT ["/nats-server", "--no-such-flag"]',
    stdout.trim(),
    name,
  );
  await stack.docker("rm", stdout.trim());
  return name;
}
