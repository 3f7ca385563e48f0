import { isListed } from "../../client/jetstream/asset-request.ts";
import { findConsumer, foundIn, identityFrom, knownAs, whatIs } from "../../client/jetstream/consumer-api.ts";
import {
  type ConsumerInputs,
  givenConsents,
  type ManagedConsumerState,
} from "../../model/contract/consumer.ts";
import { fromServer, inWordsOf } from "../../model/jetstream/consumer-canonical.ts";
import { readThing } from "../reading.ts";
import type { Context, ReadResult } from "../resource.ts";
import { refusePush } from "./reconcile.ts";

/** Consents are of the program and not of the servers, so they are as they were. */
export function read(
  id: string,
  inputs: ConsumerInputs | undefined,
  state: ManagedConsumerState | undefined,
  context: Context,
): Promise<ReadResult<ConsumerInputs, ManagedConsumerState>> {
  const identity = identityFrom(id);
  return readThing(
    {
      id,
      what: whatIs(identity),
      find: (limits) => findConsumer(identity, limits),
      exists: (limits) => isListed(identity.name, `CONSUMER.NAMES.${identity.stream}`, limits),
      foundIn,
      knownAs,
      spec: (info, known) => {
        refusePush(info);
        return { ...inWordsOf(known, fromServer(info)), ...givenConsents(inputs ?? known ?? {}) };
      },
    },
    inputs,
    state,
    context,
  );
}
