import type { ClusterClient } from "../client/cluster-client.ts";
import type { CheckFailure, Diff, Previewed, Properties } from "../model/contract/properties.ts";

/** What a handler may use while it works; one per request. */
export interface Context {
  readonly urn: string;
  readonly project: string;
  readonly stack: string;
  /** The logical name of the resource. */
  readonly name: string;
  readonly cluster: ClusterClient;
  /** When this request has to be done, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Shows what is being waited for, in the status line of the resource. */
  readonly progress: (message: string) => void;
  readonly warn: (message: string) => void;
}

/**
 * One resource type. All decisions are here or below; the gRPC adapter only translates.
 *
 * What `check` has let through is of the type `Inputs`, and what `create` and `update` gave is what the engine hands back
 * as `State`. An older program may have given less, so a property that came later is optional there (`WithLater`).
 * @template News inputs as a preview has them. Where the plan alone makes them, they are known in every preview
 */
export interface Resource<Inputs, State = Inputs, News = Previewed<Inputs>> {
  /** Fills in defaults and finds every fault. Runs in previews: it dials nothing. */
  check(news: Properties, olds: Properties | undefined): { inputs: Properties; failures: CheckFailure[] };
  /** Runs in previews: it dials nothing. */
  diff(state: State, oldInputs: Properties, news: News): Diff;
  /** What a preview can say of the outputs before they exist. */
  preview(inputs: News, state: State | undefined): Partial<Previewed<State>>;
  create(inputs: Inputs, context: Context): Promise<{ id: string; state: State }>;
  /** undefined: it is gone. */
  read(
    id: string,
    inputs: Inputs | undefined,
    state: State | undefined,
    context: Context,
  ): Promise<ReadResult<Inputs, State>>;
  update(id: string, state: State, news: Inputs, context: Context): Promise<State>;
  /** @param inputs of the last update, also where it changed nothing; undefined: an older program left none */
  delete(id: string, state: State, context: Context, inputs?: Inputs | NoInputs): Promise<void>;
}

/** undefined: it is gone. */
export type ReadResult<Inputs, State> =
  | { readonly id: string; readonly inputs: Inputs | NoInputs; readonly state: State }
  | undefined;

/** The state of an older program may have come without its inputs. */
export type NoInputs = Readonly<Record<string, never>>;

/**
 * What the resources have in common that make nothing on the servers: there is nothing to import, and nothing to delete.
 * @param type its token
 */
export function makesNothing<Inputs, State = Inputs>(
  type: string,
): Pick<Resource<Inputs, State>, "read" | "delete"> {
  return {
    async read(id, inputs, state) {
      return { id, inputs: inputs ?? {}, state: neverImported(type, state) };
    },
    async delete() {},
  };
}

/**
 * The state of a resource that makes nothing on the servers, and so has nothing that could be imported.
 * @param type its token
 */
export function neverImported<State>(type: string, state: State | undefined): State {
  if (state !== undefined) return state;
  throw new Error(
    `${type} can't be imported, because it does not exist on the servers; let \`pulumi up\` create it`,
  );
}

/** The object exists, but is not as wanted: the engine keeps it in the state, and the next update tries again. */
export class PartialFailure extends Error {
  readonly id: string;
  readonly state: object;

  constructor(message: string, id: string, state: object) {
    super(message);
    this.name = "PartialFailure";
    this.id = id;
    this.state = state;
  }
}
