import {
  type ConsumerInputs,
  checkConsumer,
  type ManagedConsumerState,
} from "../../model/contract/consumer.ts";
import { unknown } from "../../model/contract/properties.ts";
import { diffConsumer } from "../../model/jetstream/consumer-diff.ts";
import type { Resource } from "../resource.ts";
import { create } from "./create.ts";
import { remove } from "./delete.ts";
import { read } from "./read.ts";
import { update } from "./update.ts";

/** `nats:jetstream:Consumer`, a durable pull consumer. Its id is STREAM/CONSUMER. */
export const consumer: Resource<ConsumerInputs, ManagedConsumerState> = {
  check: (news) => checkConsumer(news),
  diff: (state, _oldInputs, news) => diffConsumer(state, news),
  preview: (inputs, state) => ({
    ...inputs,
    generation: state?.generation || unknown,
    created: state?.created || unknown,
  }),
  create,
  read,
  update: (_id, state, news, context) => update(state, news, context),
  delete: remove,
};
