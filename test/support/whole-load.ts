import { expect } from "vitest";
import type { LoadReport } from "../../harness/load/figures.ts";

/** All that was acknowledged is there once, as it was sent, and was consumed by the three pods. */
export function expectWhole(report: LoadReport): void {
  expect(report).toMatchObject({ lost: [], duplicated: [], altered: [] });
  expect(report.notConsumed).toEqual({ dk: [], no: [], se: [] });
  expect(report.acknowledged).toBeGreaterThan(1_000);
}
