import { type ConnectionOptions, connect, type NatsConnection, nkeyAuthenticator } from "nats";
import { NoAnswer } from "./errors.ts";
import { pause } from "./until.ts";

/** How to reach the servers of one cluster, and as whom. */
export interface Access {
  /** Client URLs, any of which will do: `nats://127.0.0.1:4222`. */
  readonly servers: readonly string[];
  /** Seed of the system account's NKey user. */
  readonly systemSeed: string | undefined;
}

export type Progress = (message: string) => void;

const connectTimeoutMs = 2_000;

function optionsFor(servers: readonly string[], seed: string | undefined): ConnectionOptions {
  return {
    servers: [...servers],
    name: "unityplan-nats",
    timeout: connectTimeoutMs,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    // Gossiped addresses are meant for applications; from here only the configured ones are known to work.
    ignoreClusterUpdates: true,
    ...(seed === undefined ? {} : { authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) }),
  };
}

/**
 * Opens a connection to any of the servers, and tries again until the deadline (milliseconds since the epoch).
 * @param seed NKey seed to log in with; undefined logs in as nobody, which open mode takes as the global account
 * @throws NoAnswer with the servers and what the last of them said
 */
export async function open(
  servers: readonly string[],
  seed: string | undefined,
  deadline: number,
  progress: Progress = () => {},
): Promise<NatsConnection> {
  for (let wait = 50; ; wait = Math.min(wait * 2, 1000)) {
    try {
      return await connect(optionsFor(servers, seed));
    } catch (error) {
      const seen = `${servers.join(", ")}: ${reason(error)}`;
      if (Date.now() >= deadline) throw new NoAnswer(`no NATS server could be reached at ${seen}`);
      progress(`waiting for a NATS server at ${seen}`);
      await pause(wait, deadline);
    }
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = (error as { chainedError?: Error }).chainedError;
  return cause === undefined ? error.message : cause.message;
}
