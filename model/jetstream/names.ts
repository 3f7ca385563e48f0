/** What the provider that looks after streams and consumers is called in every stack. */
export const natsProviderName = "nats";

/** A consumer is known by its stream too, and neither of their names has a slash. */
export interface ConsumerIdentity {
  readonly stream: string;
  readonly name: string;
}

/** `STREAM/name`: the id of a consumer, and the name of its resource. */
export const consumerName = {
  of: ({ stream, name }: ConsumerIdentity): string => `${stream}/${name}`,
  parse: (text: string): ConsumerIdentity | undefined => {
    const [stream = "", name = "", ...more] = text.split("/");
    return stream !== "" && name !== "" && more.length === 0 ? { stream, name } : undefined;
  },
} as const;
