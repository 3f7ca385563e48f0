import type { ClusterClient } from "../../client/cluster-client.ts";

/** Answers in place of JetStream: what it returns, or throws, for the subject and body of a request. */
export type Answer = (subject: string, body: Record<string, unknown>) => unknown;

/** A cluster that dials nothing. */
export function fakeCluster(answer: Answer): ClusterClient {
  const jetStream = async (subject: string, body: unknown) =>
    answer(subject, (body ?? {}) as Record<string, unknown>);
  const access = { servers: [], systemSeed: undefined, clientTls: "off" as const };
  return { access, jetStream, application: async () => undefined } as unknown as ClusterClient;
}
