import type { ConsumerSpec } from "../../model/consumer.ts";
import type { Properties } from "../../model/contract/properties.ts";
import { isListed } from "../asking.ts";
import { type ReadResult, readThing } from "../reading.ts";
import type { Context } from "../resource.ts";
import { findConsumer, foundIn, identityFrom, knownAs, whatIs } from "./api.ts";
import { refusePush } from "./bring.ts";
import { fromServer, inWordsOf } from "./canonical.ts";

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
