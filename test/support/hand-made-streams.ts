import type { HandMade } from "./hand-made.ts";

/**
 * The streams and consumers as UnityPlan's document says, word for word but for what the nats CLI wants besides:
 * `--defaults`, without which it asks for everything that is not said, `--pull`, and `--filter` alone for a consumer.
 */
const asDocumented: readonly (readonly string[])[] = [
  [
    ...["stream", "add", "GLOBAL_EVENTS", "--subjects=global.*", "--storage=file", "--replicas=3"],
    ...["--retention=limits", "--max-age=7d", "--discard=old", "--max-msgs-per-subject=-1"],
  ],
  [
    ...["stream", "add", "TERRITORY_DK", "--subjects=territory.dk.*", "--storage=file", "--replicas=1"],
    ...["--retention=limits", "--max-age=30d", "--discard=old"],
  ],
  ["stream", "add", "TERRITORY_NO", "--subjects=territory.no.*", "--replicas=1", "--max-age=30d"],
  ["stream", "add", "TERRITORY_SE", "--subjects=territory.se.*", "--replicas=1", "--max-age=30d"],
  [
    ...["stream", "add", "CROSS_TERRITORY", "--subjects=cross.*.*.*", "--storage=file", "--replicas=3"],
    ...["--retention=limits", "--max-age=14d", "--discard=old"],
  ],
  [
    ...["consumer", "add", "GLOBAL_EVENTS", "global-processor", "--filter=global.*", "--ack=explicit"],
    ...["--replay=instant", "--deliver=all", "--max-deliver=-1", "--pull"],
  ],
  [
    ...["consumer", "add", "TERRITORY_DK", "dk-local-processor", "--filter=territory.dk.*", "--ack=explicit"],
    ...["--replay=instant", "--deliver=all", "--pull"],
  ],
];

export async function makeStreams(made: HandMade): Promise<void> {
  for (const words of asDocumented) await made.nats("dk", ...words, "--defaults");
}
