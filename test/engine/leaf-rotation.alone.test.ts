import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Load, startLoad } from "../../harness/load/load.ts";
import { TestStack } from "../../harness/stack.ts";
import { Clone } from "../support/clone.ts";
import { bestOf, noteFigures } from "../support/figures.ts";
import { expectWhole } from "../support/whole-load.ts";

/** Runs alone: how long clients stall is measured, and what runs beside it would stall them too. */
vi.setConfig({ testTimeout: 10 * 60_000 });
let stack: TestStack;
let clone: Clone;
let load: Load;

beforeAll(async () => {
  stack = await TestStack.create({ tls: { clients: "required", clientCertificates: ["orders"] } });
  await stack.mustUp();
  clone = await Clone.of(stack);
  const { tls } = await stack.access();
  if (tls === undefined) throw new Error("the stack gives no certificate to its operator");
  load = await startLoad({ urls: clone.urls(), tls });
});

afterAll(async () => {
  load?.kill();
  await clone?.dispose();
  await stack?.dispose();
});

it("npm run rotate -- leaves: no server restarts, no client is disconnected, and no publish stalls", async () => {
  const before = await stack.startTimes();
  const figures = await bestOf(6, async () => {
    await load.measure();
    const { code, stdout, stderr } = await clone.background("rotate", "leaves", "--yes", stack.name);
    const seen = await load.measure();
    expect(code, stdout + stderr).toBe(0);
    expect(seen).toMatchObject({ disconnects: 0, failedAttempts: 0, failedRequests: 0 });
    return seen;
  });
  noteFigures("leaf rotation, client certificates required", figures);
  expect(await stack.startTimes()).toEqual(before);
  expect(figures.longestStallMs).toBeLessThan(250);
  expect(figures.publishesPerSecond).toBeGreaterThan(500);
  expectWhole(await load.stop());
});
