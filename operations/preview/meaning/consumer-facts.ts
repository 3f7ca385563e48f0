import type { Misplaced } from "../../../model/jetstream/loss/consumer-place.ts";
import type { StreamSpec } from "../../../model/jetstream/stream.ts";

/** What the servers say of a consumer that is to change. */
export type ConsumerFacts =
  /** It is made again. */
  | { readonly misplaced: Misplaced }
  /** It is deleted, or no longer waits for some subjects: so many messages would go, at most. */
  | { readonly messages: number };

/** Where a consumer stands. */
export interface ConsumerPlace {
  readonly stream: string;
  /** Whether its stream goes in this update. */
  readonly isGone: boolean;
  readonly retention: StreamSpec["retention"];
  /** undefined: the servers were not asked. */
  readonly facts: ConsumerFacts | undefined;
}
