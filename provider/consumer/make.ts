import { jetStreamErrors } from "../../client/errors.ts";
import { isApiError } from "../../client/jetstream/asset-request.ts";
import { findConsumer, type Identity, putConsumer } from "../../client/jetstream/consumer-api.ts";
import type { LiveConsumer, WantedConfig } from "../../model/jetstream/consumer-info.ts";
import type { Context } from "../resource.ts";

/** What it made; or what another program made in the same moment. */
export async function make(
  identity: Identity,
  config: WantedConfig,
  context: Context,
): Promise<LiveConsumer> {
  try {
    return await putConsumer(identity, "create", config, context);
  } catch (error) {
    const other = isApiError(error, jetStreamErrors.consumerAlreadyExists)
      ? await findConsumer(identity, context)
      : undefined;
    if (other === undefined) throw error;
    return other;
  }
}
