import { lookAtClocks, type SeenClock } from "../../client/clocks.ts";
import type { Context } from "../resource.ts";

/** Clocks that a service keeps right differ by far less. */
const toleranceMs = 5_000;

/** How long the servers may take to accept this program. `nats:server:Node` handles a server that does not answer. */
const patienceMs = 5_000;

/**
 * This machine's clock dates certificates, and the servers' clocks judge them. For a server whose clock is behind, a new
 * certificate is not valid yet. For a server whose clock is ahead, it ends sooner than every rule here expects.
 * @throws Error naming every server whose clock is off
 */
export async function refuseWrongClocks(context: Context): Promise<void> {
  const deadline = Math.min(context.deadline, Date.now() + patienceMs);
  const connection = await context.cluster.system(deadline, context.progress).catch(() => undefined);
  if (connection === undefined) return;
  const off = (await lookAtClocks(connection)).filter(({ aheadMs }) => Math.abs(aheadMs) > toleranceMs);
  if (off.length === 0) return;
  throw new Error(
    `certificates were not handed out, nothing was changed: ${off.map(inWords).join("; ")}. A certificate with ` +
      "the dates of one clock may not be valid by another clock. Correct the wrong clock (chrony or systemd-timesyncd; " +
      "`timedatectl` shows its state) and run `pulumi up` again",
  );
}

function inWords({ server, aheadMs, there, here }: SeenClock): string {
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  return (
    `the clock of ${server} is ${seconds} s ${aheadMs < 0 ? "behind" : "ahead of"} this machine's ` +
    `(${there.toISOString()} there, ${here.toISOString()} here)`
  );
}
