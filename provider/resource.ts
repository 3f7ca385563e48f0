import type { Cluster } from "../client/cluster.ts";
import type { CheckFailure, Diff, Properties } from "../model/contract/properties.ts";

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
