import type { Loss } from "../../../model/jetstream/loss/changes.ts";

/** What the servers say of a stream that is to change. */
export interface StreamFacts {
  readonly messages: number;
  /** What the change would delete. */
  readonly losses: readonly Loss[];
}
