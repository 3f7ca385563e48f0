import { anyText, type Fields, flag, list } from "./fields.ts";
import { present, texts } from "./server-fields.ts";

/** Inputs and state of `nats:server:Preflight`. */
export interface PreflightInputs {
  readonly serverName: string;
  /** A rolling restart. Otherwise all may restart at once, and nothing is asked. */
  readonly rolling: boolean;
  /** server_name of every server that an update has proven before. */
  readonly known: readonly string[];
  /** Servers that this update is done with, to which a leadership moves first. */
  readonly done: readonly string[];
  /** Names of streams, in whatever account, whose copies in memory are not waited for. */
  readonly lose: readonly string[];
  /** Digest of all that the container is to be started with. */
  readonly planned: string;
  /** That digest as it was last proven; empty for a server that never was. */
  readonly proven: string;
}

export const preflightFields: Fields<keyof PreflightInputs> = {
  serverName: present,
  rolling: flag(true),
  known: texts("server names", 0),
  done: list({ of: "server names", fault: () => undefined }),
  lose: list({ of: "names of streams", fault: () => undefined }, []),
  planned: present,
  proven: anyText(),
};
