import type { Misplaced } from "../../../model/jetstream/loss/consumer-place.ts";
import type { StreamSpec } from "../../../model/jetstream/stream.ts";

/** What the servers report of a consumer that is to change. */
export type ConsumerFacts =
  /** The consumer is recreated. */
  | { readonly misplaced: Misplaced }
  /** The consumer is deleted, or no longer waits for some subjects. At most so many messages would be deleted. */
  | { readonly messages: number };

/** Where a consumer stands. */
export interface ConsumerPlace {
  readonly stream: string;
  /** Whether this update deletes its stream. */
  readonly isGone: boolean;
  readonly retention: StreamSpec["retention"];
  /** undefined: the servers were not asked. */
  readonly facts: ConsumerFacts | undefined;
}
