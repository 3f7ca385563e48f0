import { formatSize } from "../../model/units.ts";
import type { Draft } from "./draft.ts";
import type { Fault } from "./faults.ts";
import type { ResolvedStream } from "./streams.ts";

/**
 * What streams reserve on a server must fit its file store, or the server refuses the last of them.
 *
 * A stream with fewer copies than there are pods, and no pod of its own, is counted on every server: the cluster
 * chooses where the copies go, in the order in which streams are made, so any server may get a copy.
 */
export function checkStore({ cluster, pods = [] }: Draft, streams: readonly ResolvedStream[]): Fault[] {
  const reserving = streams.filter(
    ({ spec, faulty }) =>
      spec.storage === "file" && spec.maxBytes > 0 && !deciding.some((key) => faulty.has(key)),
  );
  return pods.flatMap(({ values, given }, index): Fault[] => {
    const limit = given.has("maxFileStore") ? values.maxFileStore : cluster.values.maxFileStore;
    const here = reserving.filter(({ pod }) => pod === undefined || pod === values.id);
    const bytes = here.reduce((sum, { spec }) => sum + spec.maxBytes, 0);
    if (limit === undefined || values.id === undefined || bytes <= limit) return [];
    const path = given.has("maxFileStore") ? ["pods", index, "maxFileStore"] : ["cluster", "maxFileStore"];
    return [{ path, message: tooSmall(values.id, limit, bytes, here, pods.length) }];
  });
}

/** Without these keys it is not known what a stream reserves on which server. */
const deciding = ["maxBytes", "storage", "pod"] as const;

function tooSmall(
  id: string,
  limit: number,
  bytes: number,
  streams: readonly ResolvedStream[],
  podCount: number,
): string {
  const parts = streams.map(({ spec }) => `${spec.name} ${formatSize(spec.maxBytes)}`).join(", ");
  const floating = streams.filter(({ spec, pod }) => pod === undefined && spec.replicas < podCount);
  const why =
    floating.length === 0
      ? ""
      : `; streams without "pod" can be stored on any server, so each of them reserves on every server: ${floating.map(({ spec }) => spec.name).join(", ")}. A stream with "pod" reserves only on the server of that pod`;
  return `${formatSize(limit)} is less than what streams reserve on the server of pod ${id}, ${formatSize(bytes)} (${parts}); raise maxFileStore, or lower the streams' maxBytes${why}`;
}
