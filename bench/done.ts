import { ClusterClient } from "../client/cluster-client.ts";
import { engineNames } from "../harness/engine.ts";
import { Failure } from "../operations/cli/command.ts";
import type { Attempt } from "./contender.ts";

/** What must be there after an `up`. */
export interface Job {
  readonly streams: number;
  readonly consumers: number;
}

interface Page {
  readonly total: number;
  readonly streams?: readonly { readonly state: { readonly consumer_count: number } }[] | null;
}

/** A fast tool that did not do the job must not win. @throws Failure with what is there instead */
export async function mustBeDone(who: string, attempt: Attempt, job: Job): Promise<void> {
  const seen = await count(attempt.urls);
  if (seen.streams === job.streams && seen.consumers === job.consumers) return;
  throw new Failure(
    `${who} has ${seen.streams} streams with ${seen.consumers} consumers after its up, and should have ` +
      `${job.streams} with ${job.consumers}`,
  );
}

async function count(urls: readonly string[]): Promise<Job> {
  const cluster = new ClusterClient({ servers: urls, systemSeed: undefined, clientTls: "off" });
  const deadline = Date.now() + 10_000;
  try {
    let [streams, consumers] = [0, 0];
    for (;;) {
      const page = await cluster.jetStream<Page>("STREAM.LIST", { offset: streams }, { deadline });
      for (const { state } of page.streams ?? []) consumers += state.consumer_count;
      streams += page.streams?.length ?? 0;
      if (streams >= page.total || (page.streams ?? []).length === 0) return { streams, consumers };
    }
  } finally {
    await cluster.close();
  }
}

/** @throws Failure when a down left containers or networks */
export async function mustBeGone(who: string, { prefix }: Attempt): Promise<void> {
  const left = (await Promise.all([engineNames("container", prefix), engineNames("network", prefix)])).flat();
  if (left.length > 0) throw new Failure(`${who} left after its down: ${left.join(", ")}`);
}
