import type { ConsumerInputs } from "../../model/contract/consumer.ts";
import type { StreamInputs } from "../../model/contract/stream.ts";

/**
 * What an update does, thing by thing. The engine reported it from a stack's state, or two plans were compared. The report
 * is made only of these changes.
 */
export type Change = ServerChange | StreamChange | ConsumerChange | PartChange;

/** Replaced: the thing is deleted, and another thing is created. */
export type Verb = "created" | "changed" | "replaced" | "deleted";

/** One property of a thing, or one line of a file. Secrets are masked before they come here. */
export interface Detail {
  /** As in `maxAgeSeconds`, or `nats.conf`. */
  readonly path: string;
  /** undefined: it was not there, or is not known. */
  readonly before: string | undefined;
  /** undefined: it is gone, or is not known before the update. */
  readonly after: string | undefined;
}

export interface ServerChange {
  readonly what: "server";
  /** Pod id. */
  readonly id: string;
  /**
   * Reloaded: its files change while it runs. Restarted: its container is replaced, its data stays. Changed: its
   * container changes in place, for example after a change by hand.
   */
  readonly verb: "created" | "changed" | "reloaded" | "restarted" | "deleted";
  readonly details: readonly Detail[];
}

export interface StreamChange {
  readonly what: "stream";
  readonly id: string;
  readonly verb: Verb;
  /** undefined: it was not there. */
  readonly before: StreamInputs | undefined;
  /** undefined: it is to be deleted. */
  readonly after: StreamInputs | undefined;
  readonly details: readonly Detail[];
}

export interface ConsumerChange {
  readonly what: "consumer";
  /** `STREAM/name`. */
  readonly id: string;
  readonly verb: Verb;
  readonly before: ConsumerInputs | undefined;
  readonly after: ConsumerInputs | undefined;
  readonly details: readonly Detail[];
}

/** Everything that is not a server, a stream or a consumer. */
export interface PartChange {
  readonly what: "part";
  readonly kind: PartKind;
  /** What it is called among its kind: a pod, host or application, or a generation. */
  readonly id: string;
  readonly verb: Verb;
  readonly details: readonly Detail[];
}

/**
 * `leaf`: a certificate of a pod, an application or the operator. `authority`: of a generation. `check`: something that
 * only looks, and looks again. `host`: a script that prepares a host. `vpn`: a host's WireGuard, with its keys.
 * `container`: one that is neither a server nor its loader.
 */
export type PartKind =
  | "leaf"
  | "authority"
  | "key"
  | "check"
  | "host"
  | "container"
  | "vpn"
  | "network"
  | "volume"
  | "image"
  | "provider"
  | "other";
