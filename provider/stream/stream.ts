import { unknown } from "../../model/contract/properties.ts";
import { checkStream, type ManagedStreamState, type StreamInputs } from "../../model/contract/stream.ts";
import { diffStream } from "../../model/jetstream/stream-diff.ts";
import type { Resource } from "../resource.ts";
import { create } from "./create.ts";
import { remove } from "./delete.ts";
import { read } from "./read.ts";
import { update } from "./update.ts";

/** `nats:jetstream:Stream`. Its id is the stream's name. */
export const stream: Resource<StreamInputs, ManagedStreamState> = {
  check: (news) => checkStream(news),
  diff: (state, _oldInputs, news) => diffStream(state, news),
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
