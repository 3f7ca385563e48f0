import type { Fields } from "./fields.ts";
import type { WithLater } from "./properties.ts";
import { present, texts } from "./server-fields.ts";

/** Inputs of `nats:server:Cluster`. */
export interface ClusterGateInputs {
  readonly clusterName: string;
  /** server_name of every configured server that this update does not skip. */
  readonly servers: readonly string[];
  /** Streams that, where they are there already, must be healthy too. One that is not there yet waits for this gate. */
  readonly streams: readonly string[];
  /** Changes when any server was restarted or reloaded, so that the gate looks again. */
  readonly revision: readonly string[];
}

/** State of `nats:server:Cluster`. */
export type ClusterGateState = WithLater<ClusterGateInputs, "streams">;

export const clusterGateFields: Fields<keyof ClusterGateInputs> = {
  clusterName: present,
  servers: texts("server names", 1),
  streams: texts("names of streams", 0),
  revision: texts("texts", 1),
};
