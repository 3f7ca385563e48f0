import { type Fields, flag } from "./fields.ts";
import { texts } from "./server-fields.ts";

/** Inputs and state of `nats:server:Look`. */
export interface LookInputs {
  /** server_name of every server that this update restarts. */
  readonly restarting: readonly string[];
  /** A rolling restart: they restart one after the other. */
  readonly turns: boolean;
  /** Names of streams, in whatever account, whose messages may go in this update. */
  readonly lose: readonly string[];
  /** Names of streams of the configuration whose messages may go at any time (`allowDataLoss`). */
  readonly allowed: readonly string[];
  /** Subjects that a stream takes and did not have before, as `STREAM SUBJECT`. */
  readonly taken: readonly string[];
  /** Names of the streams of the configuration and of the state; every other one is a stream of others. */
  readonly known: readonly string[];
}

export const lookFields: Fields<keyof LookInputs> = {
  restarting: texts("server names", 0),
  turns: flag(true),
  lose: texts("names of streams", 0),
  allowed: texts("names of streams", 0),
  taken: texts("names of streams with a subject", 0),
  known: texts("names of streams", 0),
};
