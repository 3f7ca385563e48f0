import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** What one fault, or one update, did to applications. */
export interface Row {
  readonly what: string;
  readonly acknowledged: number;
  /** Acknowledged, and not in the stream afterwards. */
  readonly lost: number;
  /** From a publish's first attempt to its acknowledgement: the longest time that a writer could not write. */
  readonly longestStallMs: number;
  readonly failedAttempts: number;
  /** From the end of the fault until every server and every copy of every stream is back. */
  readonly recoveryMs: number;
}

const folder = join(import.meta.dirname, "..", "reports");
export const tableFile = join(folder, "rehearsal.md");

const heading = `| done under load | acknowledged | lost | longest stall s | failed publishes | healthy again after s |
|---|---|---|---|---|---|
`;

/** Adds a row to test/reports/rehearsal.md. */
export function noteRow({ what, acknowledged, lost, longestStallMs, failedAttempts, recoveryMs }: Row): void {
  mkdirSync(folder, { recursive: true });
  const cells = [what, acknowledged, lost, seconds(longestStallMs), failedAttempts, seconds(recoveryMs)];
  appendFileSync(tableFile, `${existsSync(tableFile) ? "" : heading}| ${cells.join(" | ")} |\n`);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
