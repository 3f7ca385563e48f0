import type { Cluster } from "../client/cluster.ts";

/** Plain property values, secrets unwrapped. An unknown of a preview is {@link unknown}. */
export type Properties = Readonly<Record<string, unknown>>;

/** Stands for a value that a preview does not know yet. */
export const unknown: unique symbol = Symbol("unknown");

/** What a handler may use while it works; one per request. */
export interface Context {
  readonly urn: string;
  readonly project: string;
  readonly stack: string;
  /** The logical name of the resource. */
  readonly name: string;
  readonly cluster: Cluster;
  /** When this request has to be done, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Shows what is being waited for, in the status line of the resource. */
  readonly progress: (message: string) => void;
  readonly warn: (message: string) => void;
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** A changed property: its path as in `maxAgeSeconds` or `subjects`, and whether only a replacement can change it. */
export interface Change {
  readonly path: string;
  readonly kind: "add" | "update" | "delete";
  readonly replaces: boolean;
  /** It is no input: only the state and what comes of this update have it. */
  readonly isOutput?: boolean;
}

export interface Diff {
  readonly changes: readonly Change[];
  /** The old one goes before the new one comes, because both have one name. */
  readonly deleteBeforeReplace: boolean;
}

/** One resource type. All decisions are here or below; the gRPC adapter only translates. */
export interface Resource {
  /** Fills in defaults and finds every fault. Runs in previews: it dials nothing. */
  check(news: Properties, olds: Properties | undefined): { inputs: Properties; failures: CheckFailure[] };
  /** Runs in previews: it dials nothing. */
  diff(state: Properties, oldInputs: Properties, news: Properties): Diff;
  /** What a preview can say of the outputs before they exist. */
  preview(inputs: Properties, state: Properties | undefined): Properties;
  create(inputs: Properties, context: Context): Promise<{ id: string; state: Properties }>;
  /** undefined: it is gone. */
  read(
    id: string,
    inputs: Properties | undefined,
    state: Properties | undefined,
    context: Context,
  ): Promise<{ id: string; inputs: Properties; state: Properties } | undefined>;
  update(id: string, state: Properties, news: Properties, context: Context): Promise<Properties>;
  delete(id: string, state: Properties, context: Context): Promise<void>;
}

/** The object exists, but is not what was asked for: the engine keeps it in the state and tries again at the next update. */
export class PartialFailure extends Error {
  readonly id: string;
  readonly state: Properties;

  constructor(message: string, id: string, state: Properties) {
    super(message);
    this.name = "PartialFailure";
    this.id = id;
    this.state = state;
  }
}
