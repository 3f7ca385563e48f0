import { idOf, putConsumer, whatIs } from "../../client/jetstream/consumer-api.ts";
import { lossByFilters } from "../../client/jetstream/measure.ts";
import type { ConsumerInputs, ManagedConsumerState } from "../../model/contract/consumer.ts";
import { fromServer, toServer } from "../../model/jetstream/consumer-canonical.ts";
import { immutableDifferences } from "../../model/jetstream/consumer-diff.ts";
import type { ConsumerInfo, LiveConsumer } from "../../model/jetstream/consumer-info.ts";
import { refusedFilters } from "../../model/jetstream/loss/changes.ts";
import type { Mark } from "../../model/jetstream/ownership.ts";
import type { Context } from "../resource.ts";
import { dropHelper } from "./helper.ts";
import { remake } from "./remake.ts";
import { acceptedAs, copiesOf, waitConsumerSettled } from "./wait-consumer-settled.ts";

/**
 * Gives a live consumer the wanted properties and the owner tag, and waits until its copies are current. The consumer
 * keeps its place in the stream, also where no server can change it in place and it is recreated.
 * @throws when its place, or messages that its stream keeps for it, would be lost without consent: then nothing was changed
 */
export async function reconcile(
  live: LiveConsumer,
  wanted: ConsumerInputs,
  mark: Mark,
  context: Context,
): Promise<ManagedConsumerState> {
  refusePush(live);
  if (immutableDifferences(fromServer(live), wanted).length > 0) return remake(live, wanted, mark, context);
  const messages = wanted.allowPositionLoss === true ? 0 : await lossByFilters(live, wanted, context);
  if (messages > 0) throw new Error(refusedFilters(idOf(wanted), messages));
  const answer = await putConsumer(wanted, "update", toServer(wanted, mark, live.config), context);
  const expected = live.config.num_replicas === wanted.replicas ? "leader" : copiesOf(wanted);
  const state = await waitConsumerSettled(acceptedAs(wanted, mark, answer), expected, context);
  await dropHelper(wanted, context);
  return state;
}

/** @throws for a consumer that this resource has no words for */
export function refusePush({ stream_name, name, config }: ConsumerInfo): void {
  if (config.deliver_subject === undefined) return;
  throw new Error(
    `the ${whatIs({ stream: stream_name, name })} is a push consumer; ` +
      "nats:jetstream:Consumer manages pull consumers only",
  );
}
