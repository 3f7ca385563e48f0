import { isListed } from "../../client/jetstream/asking.ts";
import { findStream, foundIn, whatIs } from "../../client/jetstream/stream-api.ts";
import type { Properties } from "../../model/contract/properties.ts";
import type { StreamSpec } from "../../model/jetstream/stream.ts";
import { fromServer, inWordsOf } from "../../model/jetstream/stream-canonical.ts";
import { type ReadResult, readThing } from "../reading.ts";
import type { Context } from "../resource.ts";

/** Consent is of the program and not of the servers, so it is as it was. */
export function read(
  id: string,
  inputs: Properties | undefined,
  state: Properties | undefined,
  context: Context,
): Promise<ReadResult> {
  return readThing(
    {
      id,
      what: whatIs(id),
      find: (limits) => findStream(id, limits),
      exists: (limits) => isListed(id, "STREAM.NAMES", limits),
      foundIn,
      spec: (info, known) => ({
        ...inWordsOf(known as Partial<StreamSpec> | undefined, fromServer(info.config)),
        allowDataLoss: known?.allowDataLoss ?? false,
      }),
    },
    inputs,
    state,
    context,
  );
}
