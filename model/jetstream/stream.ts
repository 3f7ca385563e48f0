/**
 * A JetStream stream as this project speaks of it: the inputs of `nats:jetstream:Stream`, what the catalogue
 * writes and what a server's answer is brought to before the two are compared. Every field is always there, so
 * that comparing two of them needs no knowledge of defaults.
 *
 * Fields and their meaning: https://docs.nats.io/nats-concepts/jetstream/streams#configuration
 */
export interface StreamSpec {
  /** Identity; a stream can't be renamed. */
  readonly name: string;
  readonly description: string;
  readonly subjects: readonly string[];
  readonly storage: "file" | "memory";
  readonly retention: "limits" | "interest" | "workqueue";
  readonly discard: "old" | "new";
  /** Copies, 1 to 5. */
  readonly replicas: number;
  /** 0 is unlimited. */
  readonly maxAgeSeconds: number;
  /** Reserved on every server that holds a copy; -1 is unlimited. */
  readonly maxBytes: number;
  /** -1 is unlimited. */
  readonly maxMessages: number;
  /** -1 is unlimited. */
  readonly maxMessagesPerSubject: number;
  /** -1 is unlimited. */
  readonly maxMessageSizeBytes: number;
  /** -1 is unlimited. */
  readonly maxConsumers: number;
  readonly duplicateWindowSeconds: number;
  readonly compression: "none" | "s2";
  /** Server tags that a server must carry, all of them, to hold a copy. Empty: any server. */
  readonly placementTags: readonly string[];
}

/** What a stream is when nothing is said: UnityPlan's choice, not the server's. */
export const streamDefaults: Omit<StreamSpec, "name" | "subjects"> = {
  description: "",
  storage: "file",
  retention: "limits",
  discard: "old",
  replicas: 1,
  maxAgeSeconds: 0,
  maxBytes: -1,
  maxMessages: -1,
  maxMessagesPerSubject: -1,
  maxMessageSizeBytes: 8 * 1024 * 1024,
  maxConsumers: -1,
  duplicateWindowSeconds: 120,
  compression: "none",
  placementTags: [],
};
