/** What is certain of a host's clock: its lead over this machine's lies between the two, in milliseconds. */
export interface ClockLead {
  readonly id: string;
  readonly leastMs: number;
  readonly mostMs: number;
}

/** NATS, certificates and the order of a stream's messages tolerate more; a clock that is kept right is within milliseconds. */
const clockToleranceMs = 1_000;

/**
 * The host looked at its clock at some time between the question and the answer.
 * @param nanoseconds since the epoch, by the host's clock
 * @returns undefined when that is no number
 */
export function clockLead(
  id: string,
  asked: number,
  nanoseconds: string,
  answered: number,
): ClockLead | undefined {
  if (!/^\d{18,20}$/.test(nanoseconds.trim())) return undefined;
  const there = Number(BigInt(nanoseconds.trim()) / 1_000_000n);
  return { id, leastMs: there - answered, mostMs: there - asked };
}

/** What is wrong for certain, by host; a pair is only named when each of the two is right by this machine's clock. */
export function clockFaults(leads: readonly ClockLead[]): { id: string; fault: string }[] {
  const wrong = leads.filter((lead) => provenMs(lead) > clockToleranceMs);
  const right = leads.filter((lead) => !wrong.includes(lead));
  const pairs = right.flatMap((left, index) => right.slice(index + 1).map((other) => [left, other] as const));
  return [
    ...wrong.map((lead) => ({ id: lead.id, fault: `its clock is ${inWords(lead)} this machine's; ${mend}` })),
    ...pairs.flatMap(([left, other]) => {
      const between = { leastMs: left.leastMs - other.mostMs, mostMs: left.mostMs - other.leastMs };
      if (provenMs(between) <= clockToleranceMs) return [];
      return [{ id: left.id, fault: `its clock is ${inWords(between)} that of ${other.id}; ${mend}` }];
    }),
  ];
}

const mend =
  `clocks may differ by at most ${clockToleranceMs / 1000} s. Let chrony or systemd-timesyncd set the clocks ` +
  "(`timedatectl` shows the state on the host)";

type Bounds = Pick<ClockLead, "leastMs" | "mostMs">;

/** By how much a clock is off at least. */
function provenMs({ leastMs, mostMs }: Bounds): number {
  return Math.max(0, leastMs, -mostMs);
}

function inWords(bounds: Bounds): string {
  return `at least ${(provenMs(bounds) / 1000).toFixed(1)} s ${bounds.leastMs > 0 ? "ahead of" : "behind"}`;
}
