import { isListed } from "../../client/jetstream/asking.ts";
import { findConsumer, foundIn, identityFrom, knownAs, whatIs } from "../../client/jetstream/consumer-api.ts";
import type { Properties } from "../../model/contract/properties.ts";
import type { ConsumerSpec } from "../../model/jetstream/consumer.ts";
import { fromServer, inWordsOf } from "../../model/jetstream/consumer-canonical.ts";
import { type ReadResult, readThing } from "../reading.ts";
import type { Context } from "../resource.ts";
import { refusePush } from "./bring.ts";

export function read(
  id: string,
  inputs: Properties | undefined,
  state: Properties | undefined,
  context: Context,
): Promise<ReadResult> {
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
        return { ...inWordsOf(known as Partial<ConsumerSpec> | undefined, fromServer(info)) };
      },
    },
    inputs,
    state,
    context,
  );
}
