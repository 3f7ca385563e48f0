import { expect } from "vitest";
import type { LoadReport } from "../../harness/load/figures.ts";

/** For a file that has another one beside it. A message costs the machine 9 ms, with three synced copies. */
export const lightLoad = { publishesPerSecond: 50 };
/** Acknowledged messages of such a load. */
export const fewest = 200;

/**
 * All that was acknowledged is there once, as it was sent, and was consumed by the three pods.
 * @param least so many messages must have been acknowledged, or the load shows nothing
 */
export function expectWhole(report: LoadReport, least = 1_000): void {
  expect(report).toMatchObject({ lost: [], duplicated: [], altered: [] });
  expect(report.notConsumed).toEqual({ dk: [], no: [], se: [] });
  expect(report.acknowledged).toBeGreaterThan(least);
}
