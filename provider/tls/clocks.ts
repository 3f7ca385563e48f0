import { lookAtClocks, type SeenClock } from "../../client/clocks.ts";
import type { Context } from "../resource.ts";

/** Clocks that a service keeps right differ by far less. */
const toleranceMs = 5_000;

/** How long the servers may take to let us in. One that does not answer is left to its `nats:server:Node`. */
const patienceMs = 5_000;

/**
 * Certificates are made by the clock of this machine and judged by those of the servers: where one is behind, what is
 * made now is not valid yet, and where one is ahead, it ends sooner than every rule here believes.
 * @throws Error naming every server whose clock is off
 */
export async function refuseWrongClocks(context: Context): Promise<void> {
  const deadline = Math.min(context.deadline, Date.now() + patienceMs);
  const connection = await context.cluster.system(deadline, context.progress).catch(() => undefined);
  if (connection === undefined) return;
  const off = (await lookAtClocks(connection)).filter(({ aheadMs }) => Math.abs(aheadMs) > toleranceMs);
  if (off.length === 0) return;
  throw new Error(
    `certificates were not handed out, nothing was changed: ${off.map(inWords).join("; ")}. What is made by one clock ` +
      "is not valid by another: set the wrong one right (chrony or systemd-timesyncd; `timedatectl` shows it) and run " +
      "`pulumi up` again",
  );
}

function inWords({ server, aheadMs, there, here }: SeenClock): string {
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  return (
    `the clock of ${server} is ${seconds} s ${aheadMs < 0 ? "behind" : "ahead of"} this machine's ` +
    `(${there.toISOString()} there, ${here.toISOString()} here)`
  );
}
