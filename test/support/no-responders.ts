import { type Consumer, ErrorCode, type JetStreamPublishOptions, type JsMsg, type NatsError } from "nats";
import { poll } from "../../client/poll.ts";

const patienceMs = 45_000;

/**
 * Asks until a message comes. Right after a consumer was made, and after its leader moved, a server may not know yet
 * where a request for a message goes: that server answers "no responders".
 */
export function nextMessage(consumer: Consumer): Promise<JsMsg> {
  return poll(Date.now() + patienceMs, async () => {
    try {
      const message = await consumer.next({ expires: 10_000 });
      return message === null ? { waitingFor: "a message" } : { done: message };
    } catch (error) {
      if ((error as NatsError).code !== ErrorCode.NoResponders) throw error;
      return { waitingFor: "a server that knows the consumer" };
    }
  });
}

/** The client library has this option, and no type for it. */
const retrying = { timeout: 5_000, retries: 40 };

/** For the same reason: options of who publishes right after a stream was made. */
export const askAgain: Partial<JetStreamPublishOptions> = retrying;
