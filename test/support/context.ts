import type { ClusterClient } from "../../client/cluster-client.ts";
import type { Context } from "../../provider/resource.ts";

export interface RecordedContext extends Context {
  readonly warnings: readonly string[];
  readonly seen: readonly string[];
}

/** A request's context that remembers what was shown. */
export function contextOf(cluster: ClusterClient, overrides: Partial<Context> = {}): RecordedContext {
  const warnings: string[] = [];
  const seen: string[] = [];
  return {
    urn: "urn:pulumi:test::unityplan-nats::nats:jetstream:Stream::thing",
    project: "unityplan-nats",
    stack: "test",
    name: "thing",
    cluster,
    deadline: Date.now() + 30_000,
    progress: (message) => seen.push(message),
    warn: (message) => warnings.push(message),
    warnings,
    seen,
    ...overrides,
  };
}
