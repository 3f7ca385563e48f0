import { z } from "zod";
import { nearest } from "../../model/nearest.ts";
import type { Parsed } from "../../model/parsed.ts";
import { faultsOf, type Showing, show } from "./faults.ts";
import { hiddenSecret } from "./reading.ts";
import {
  assetName,
  choice,
  duration,
  flag,
  identifier,
  orUnlimited,
  port,
  scalar,
  size,
  text,
  whole,
} from "./scalars.ts";

/** A map with these keys and no others. */
export function section<Shape extends z.ZodRawShape>(shape: Shape, showing: Showing = "shown") {
  const known = Object.keys(shape);
  return z
    .strictObject(shape, {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? issue.keys.map((key) => unknownKey(key, known)).join("\n")
          : `${notA("a map", issue.input, showing)}; write {} or its keys below it: ${known.join(", ")}`,
    })
    .readonly();
}

/** The message for an unknown key. */
function unknownKey(key: string, known: readonly string[]): string {
  return `is not a known key; the nearest is "${nearest(key, known)}" (known: ${known.join(", ")})`;
}

/** A map whose keys are free names and whose values have one schema. */
export function mapOf<Value extends z.ZodType>(value: Value, of: string, showing: Showing = "shown") {
  return z
    .record(z.string(), value, {
      error: (issue) => `${notA("a map", issue.input, showing)}; write ${of} below it`,
    })
    .readonly();
}

export function listOf<Value extends z.ZodType>(value: Value, example: string, showing: Showing = "shown") {
  return z
    .array(value, {
      error: (issue) => `${notA("a list", issue.input, showing)}; write a list, for example ${example}`,
    })
    .readonly();
}

function notA(what: string, value: unknown, showing: Showing): string {
  if (value === undefined) return "is missing";
  if (value === null) return "is empty";
  if (value === hiddenSecret) {
    return `is one secret as a whole, not ${what}; encrypt only the certificates and keys in it`;
  }
  return showing === "shown" ? `${show(value)} is not ${what}` : `is not ${what} (its value is not shown)`;
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const megabyte = 1024 ** 2;

/** Sizes are read as bytes, durations as seconds; `prefault` has the default. */
export const clusterShape = {
  /** The server refuses spaces; placement and metrics name clusters by it. */
  name: text(
    "a cluster name",
    "1 to 63 letters, digits, dashes and underscores, for example unityplan-global",
    /^[A-Za-z0-9_-]{1,63}$/,
  ).prefault("unityplan-global"),
  image: text("an image", "a name with a tag or digest, for example nats:2.15.1", /^\S+$/).prefault(
    "nats:2.15.1",
  ),
  /** Leaves room for `service-nats-{id}` in a host name's 63 characters: https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 */
  resourcePrefix: text(
    "a prefix",
    "nothing, or a lower-case letter and up to 29 lower-case letters, digits and dashes, for example test-",
    /^([a-z][a-z0-9-]{0,29})?$/,
  ).prefault(""),
  /** At most the server's default `max_pending`. https://docs.nats.io/running-a-nats-service/configuration#connection-limits */
  maxPayload: size({ mostBytes: 64 * megabyte }).prefault("8MB"),
  /** `always`: on disk before it is acknowledged. A duration: synced every so many seconds. */
  durability: durability().prefault("always"),
  /** At least 30 s: https://docs.nats.io/running-a-nats-service/nats_admin/lame_duck_mode */
  lameDuckDuration: duration(30).prefault("30s"),
  lameDuckGrace: duration(0).prefault("1s"),
  /** Of each pod without its own setting. @default the server's own choice, three quarters of the free disk */
  maxFileStore: size().optional(),
  /**
   * Of each server's container; undefined: as much as the host has. At least a few of the largest messages at once; an
   * engine takes 0 for no limit at all.
   */
  memoryLimit: orUnlimited<number | undefined>(size({ leastBytes: 256 * megabyte }), undefined).prefault(
    "1GB",
  ),
  /** Consent to ports on other than loopback without a password. */
  acceptAnonymousRemoteClients: flag.prefault(false),
  /** A higher number restarts every server. */
  restartGeneration: whole("a generation", 0, 1_000_000_000, 1).prefault(0),
  /**
   * JetStream keeps what the servers agreed on in a folder of this name (`setupMetaGroup` in the server's
   * server/jetstream_cluster.go): the servers delete data that was written under another account.
   */
  systemAccount: choice("SYS", "$SYS").prefault("SYS"),
  /** Consent to a server version that is older than the one that wrote the data. */
  allowDowngrade: flag.prefault(false),
};

/** The settings as the plan has them: what has a unit has it in its name, and the rest stays as it is. */
export const clusterSchema = section(clusterShape)
  .transform(
    ({ maxPayload, durability, lameDuckDuration, lameDuckGrace, maxFileStore, memoryLimit, ...same }) => ({
      ...same,
      maxPayloadBytes: maxPayload,
      syncInterval: durability,
      lameDuckDurationSeconds: lameDuckDuration,
      lameDuckGraceSeconds: lameDuckGrace,
      maxFileStoreBytes: maxFileStore,
      memoryLimitBytes: memoryLimit,
    }),
  )
  .readonly();

/** A name that Docker takes for a container or volume, and that fits into a certificate and a host name. */
const nameOnEngine = /^[A-Za-z0-9][A-Za-z0-9_.-]{1,62}$/;

function nameForm(example: string): string {
  return `2 to 63 letters, digits, dots, dashes and underscores, for example ${example}`;
}

export const podShape = {
  id: identifier("a pod id"),
  host: identifier("a host id").optional(),
  clientPort: port,
  clusterPort: port,
  monitorPort: port,
  maxFileStore: size().optional(),
  /** For a server that was made by hand: the name under which the other servers know it. undefined: from the id. */
  serverName: text("a server name", nameForm("service-nats-dk"), nameOnEngine).optional(),
  /** The volume that its messages are in; undefined: from the id. */
  dataVolume: text("a volume", nameForm("pod-dk_nats-data"), nameOnEngine).optional(),
};

/** In which order servers restart. */
export const rolloutShape = {
  /**
   * `parallel`: each as soon as it can. `rolling`: one after the other, each healthy before the next. `all-at-once`:
   * as parallel, and consent to what can't be rolled.
   */
  mode: choice("parallel", "rolling", "all-at-once").prefault("parallel"),
  /** Pod id; undefined: in the order of the ids. */
  first: identifier("a pod id").optional(),
  /** Pod ids that this update leaves as they are, because their host can't be reached. */
  skip: listOf(identifier("a pod id"), "- dk").prefault([]),
  /** Names of streams, in any account, that may lose their messages in memory. */
  lose: listOf(assetName("a stream name"), "- CACHE").prefault([]),
};

const rolloutMap = section(rolloutShape);

/** A mode alone, or a map. */
export const rolloutSchema = z
  .unknown()
  .transform((value, context): z.output<typeof rolloutMap> => {
    const result = rolloutMap.safeParse(asRolloutMap(value));
    if (result.success) return result.data;
    for (const { path, message } of faultsOf(result.error.issues)) {
      context.issues.push({ code: "custom", path: isMap(value) ? [...path] : [], message, input: value });
    }
    return z.NEVER;
  })
  .prefault("parallel");

/** The long form of a rollout. The configuration may have the short form. */
export function asRolloutMap(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : { mode: value };
}

function durability() {
  const interval = duration(0.001);
  return scalar('"always", or a duration such as "2m"', (value): Parsed<"always" | number> => {
    if (value === "always") return { value };
    const result = interval.safeParse(value);
    if (result.success) return { value: result.data };
    return {
      fault: 'is neither "always" nor a duration; allowed "always", or how often to sync, for example "2m"',
    };
  });
}
