import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import { table } from "../cli/table.ts";
import { daysLeft } from "../status/faults.ts";

/** When each pod's certificate ends. */
export function certificateTable(outputs: StackOutputs, now: Date): string {
  const rows = Object.entries(outputs.pods).map(([id, { certificateExpires }]) => [
    id,
    certificateExpires.slice(0, 19).replace("T", " "),
    String(daysLeft(new Date(certificateExpires), now)),
  ]);
  return table([["POD", "CERTIFICATE UNTIL (UTC)", "DAYS LEFT"], ...rows]);
}
