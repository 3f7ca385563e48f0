import { isListed } from "../../client/jetstream/asset-request.ts";
import { findStream, foundIn, whatIs } from "../../client/jetstream/stream-api.ts";
import type { ManagedStreamState, StreamInputs } from "../../model/contract/stream.ts";
import { fromServer, inWordsOf } from "../../model/jetstream/stream-canonical.ts";
import { readThing } from "../reading.ts";
import type { Context, ReadResult } from "../resource.ts";

/** Consent is of the program and not of the servers, so it is as it was. */
export function read(
  id: string,
  inputs: StreamInputs | undefined,
  state: ManagedStreamState | undefined,
  context: Context,
): Promise<ReadResult<StreamInputs, ManagedStreamState>> {
  return readThing(
    {
      id,
      what: whatIs(id),
      find: (limits) => findStream(id, limits),
      exists: (limits) => isListed(id, "STREAM.NAMES", limits),
      foundIn,
      spec: (info, known) => ({
        ...inWordsOf(known, fromServer(info.config)),
        allowDataLoss: known?.allowDataLoss ?? false,
      }),
    },
    inputs,
    state,
    context,
  );
}
