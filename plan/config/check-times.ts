import { formatDuration } from "../../model/units.ts";
import type { Draft } from "./draft.ts";
import type { Fault } from "./faults.ts";

/** Durations that must agree with each other. */
export function checkTimes(draft: Draft): Fault[] {
  return [...checkLameDuck(draft), ...checkLifetimes(draft)];
}

// The server's own rule: `validateOptions` in its server/server.go.
function checkLameDuck({ cluster }: Draft): Fault[] {
  const { lameDuckDuration: duration, lameDuckGrace: grace } = cluster.values;
  if (duration === undefined || grace === undefined || grace < duration) return [];
  const message = `${formatDuration(grace)} is not less than cluster.lameDuckDuration, ${formatDuration(duration)}; about "1s" is enough, because JetStream stops when the grace period starts`;
  return [{ path: ["cluster", "lameDuckGrace"], message }];
}

function checkLifetimes({ tls }: Draft): Fault[] {
  const { authorityLifetime: authority, leafLifetime: leaf, renewBefore } = tls.values;
  const faults: Fault[] = [];
  if (leaf !== undefined && authority !== undefined && leaf >= authority) {
    const message = `${showHours(leaf)} is not less than tls.authorityLifetime, ${showHours(authority)}; a certificate begins later than its CA and must not end after its CA: allowed less than ${showHours(authority)}`;
    faults.push({ path: ["tls", "leafLifetime"], message });
  }
  if (leaf !== undefined && renewBefore !== undefined && renewBefore >= leaf) {
    const message = `${showHours(renewBefore)} is not less than tls.leafLifetime, ${showHours(leaf)}; every update would renew all certificates. Allowed less than ${showHours(leaf)}: lower tls.renewBefore`;
    faults.push({ path: ["tls", "renewBefore"], message });
  }
  return faults;
}

function showHours(hours: number): string {
  return formatDuration(hours * 3600);
}
