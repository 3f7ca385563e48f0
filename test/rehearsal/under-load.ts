import { pause } from "../../client/poll.ts";
import type { LoadReport } from "../../harness/load/figures.ts";
import { type Load, startLoad } from "../../harness/load/load.ts";
import type { ProdHosts } from "../../harness/prod-hosts.ts";
import { expectWhole } from "../support/whole-load.ts";
import { noteRow, type Row } from "./table.ts";

/** Less than the load of one machine: every message goes through SSH and a VPN in user space, all on this machine. */
const publishesPerSecond = 300;
const steadyMs = 2_000;

/**
 * Does something to the hosts while applications publish, consume and ask in all countries, waits until the cluster is
 * whole again, and holds that nothing acknowledged was lost. Adds a row to the table of the rehearsal.
 * @param act ends when what it did is undone, or is over
 */
export async function underLoad(
  prod: ProdHosts,
  what: string,
  act: () => Promise<void>,
): Promise<{ readonly row: Row; readonly report: LoadReport }> {
  const load = await startLoad(await prod.loadTarget(), { publishesPerSecond });
  try {
    return await measured(prod, what, load, act);
  } finally {
    load.kill();
  }
}

async function measured(prod: ProdHosts, what: string, load: Load, act: () => Promise<void>) {
  await pause(steadyMs);
  await load.measure();
  await act();
  const over = performance.now();
  await prod.healthy();
  const recoveryMs = Math.round(performance.now() - over);
  // What waits for its acknowledgement now counts as a stall too.
  const { longestStallMs, failedAttempts } = await load.measure();
  const report = await load.stop();
  const row: Row = {
    what,
    acknowledged: report.acknowledged,
    lost: report.lost.length,
    longestStallMs: Math.round(longestStallMs),
    failedAttempts,
    recoveryMs,
  };
  noteRow(row);
  expectWhole(report);
  return { row, report };
}
