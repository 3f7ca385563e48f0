/** A release line of nats-server. */
export interface ReleaseLine {
  /** As in "2.15". */
  readonly name: string;
  /** The version of this line that the tests run. Messages advise it for an update by several releases. */
  readonly tried: string;
  /** Upgrade and downgrade considerations. */
  readonly guide: string;
  /** How this line works with the line before. undefined: it is the oldest line. */
  readonly before?: {
    /**
     * Whether the line before reads the streams' index as this line writes it. A server throws away an index that it
     * does not know, and reads every message again. That is `fullStateVersion` in the server's `server/filestore.go`, the
     * same in all patches of a line.
     */
    readonly readsIndex: boolean;
    /** The oldest patch of the line before for a change to this line, and back. */
    readonly atLeast?: string;
    /** What a change back costs. */
    readonly atStake: string;
  };
}

/**
 * The oldest release that takes this program's nats.conf: `min_version` of a `tls` block came with 2.10.21
 * (https://github.com/nats-io/nats-server/releases/tag/v2.10.21). An older server refuses the file, and its container
 * starts again and again.
 */
export const oldestRelease = "2.10.21";

const guides = "https://docs.nats.io/release-notes";
const olderGuides = "https://github.com/nats-io/nats.docs/blob/master/release_notes";

/**
 * Oldest first. Measured (test/servers/versions.test.ts): each change up and each change back kept all messages and
 * places of consumers, if a stream uses nothing that the newer line brought. `atStake` is for streams that do.
 */
export const releaseLines: readonly [ReleaseLine, ...ReleaseLine[]] = [
  { name: "2.10", tried: "2.10.27", guide: `${olderGuides}/whats_new_210.md` },
  {
    name: "2.11",
    tried: "2.11.17",
    guide: `${olderGuides}/whats_new_211.md`,
    before: {
      // 2 after 1.
      readsIndex: false,
      // Measured with `allow_msg_ttl`; back on 2.11 the stream has no leader ("TTL status can not be disabled").
      atStake: "2.10 forgets that a stream has message TTLs, and the stream fails when 2.11 is back",
    },
  },
  {
    name: "2.12",
    tried: "2.12.15",
    guide: `${guides}/upgrade-to-2.12`,
    before: {
      // 3 after 2.
      readsIndex: false,
      atLeast: "2.11.9",
      // Measured with `allow_atomic` and with `allow_msg_schedules`.
      atStake: "streams with atomic batches, counters or schedules are offline until 2.12 is back",
    },
  },
  {
    // There is no 2.13: https://docs.nats.io/release-notes
    name: "2.14",
    tried: "2.14.9",
    guide: `${guides}/upgrade-to-2.14`,
    before: {
      // 4 after 3; the guide does not mention it.
      readsIndex: false,
      // Measured with `allow_batched`.
      atStake:
        "streams with fast batches, and consumers with flow control of acks, are offline until 2.14 is back",
    },
  },
  {
    name: "2.15",
    tried: "2.15.1",
    guide: `${guides}/upgrade-to-2.15`,
    before: {
      readsIndex: true,
      // Older versions do not keep what 2.15 plans: https://github.com/nats-io/nats-server/pull/8554
      atLeast: "2.14.7",
      atStake: "a scale or a move of a stream that 2.15 began stands still until 2.15 is back",
    },
  },
];
