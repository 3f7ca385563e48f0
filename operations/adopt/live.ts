import type { ClusterClient } from "../../client/cluster-client.ts";
import type { ConsumerInfo } from "../../model/jetstream/consumer-info.ts";
import { markIn } from "../../model/jetstream/ownership.ts";
import type { StreamInfo } from "../../model/jetstream/stream-info.ts";

/** A stream with its consumers, as the servers report them. */
export interface LiveStream {
  readonly info: StreamInfo;
  readonly consumers: readonly ConsumerInfo[];
}

/** Every stream of the applications' account with every consumer of it, by name. Changes nothing. */
export async function liveStreams(cluster: ClusterClient, deadline: number): Promise<LiveStream[]> {
  const infos = await pages<StreamInfo>(cluster, "STREAM.LIST", "streams", deadline);
  const streams = await Promise.all(
    infos.map(async (info) => ({
      info,
      consumers: await pages<ConsumerInfo>(
        cluster,
        `CONSUMER.LIST.${info.config.name}`,
        "consumers",
        deadline,
      ),
    })),
  );
  return streams.sort((left, right) => (left.info.config.name < right.info.config.name ? -1 : 1));
}

/** The stack of the owner tag. A stream with an owner tag is not hand-made. */
export function ownerOf({
  config,
}: {
  readonly config: Pick<StreamInfo["config"], "metadata">;
}): string | undefined {
  const mark = markIn(config.metadata);
  return mark === undefined ? undefined : `${mark.project}/${mark.stack}`;
}

interface Page {
  readonly total: number;
  readonly [items: string]: unknown;
}

async function pages<Info>(
  cluster: ClusterClient,
  subject: string,
  key: string,
  deadline: number,
): Promise<Info[]> {
  const found: Info[] = [];
  for (;;) {
    const page = await cluster.jetStream<Page>(subject, { offset: found.length }, { deadline });
    const items = (page[key] ?? []) as readonly Info[];
    found.push(...items);
    if (items.length === 0 || found.length >= page.total) return found;
  }
}
