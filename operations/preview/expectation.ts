import type { Change } from "./changes.ts";

/** What a scheduled run may find: no change, or renewed certificates with the reloads of their servers. */
export type Expectation = "nothing" | "renewal";

export function isExpectation(text: string): text is Expectation {
  return text === "nothing" || text === "renewal";
}

/** The changes that were not expected. */
export function unexpected(changes: readonly Change[], expectation: Expectation): readonly Change[] {
  if (expectation === "nothing") return changes;
  const renewed = new Set(
    changes.flatMap((change) =>
      change.what === "part" && change.kind === "leaf" && change.verb === "replaced" ? [change.id] : [],
    ),
  );
  return changes.filter((change) => !belongsToRenewal(change, renewed));
}

/**
 * Only what the renewal of a due certificate changes. If other names or another lifetime replace the certificate, a person
 * changed them.
 */
function belongsToRenewal(change: Change, renewed: ReadonlySet<string>): boolean {
  const only = (paths: readonly string[]) =>
    change.details.every(({ path }) => paths.includes(path.split(/[.[]/)[0] ?? ""));
  // A reload for more than that changes lines of nats.conf, or the loader itself.
  if (change.what === "server") return change.verb === "reloaded" && only([]) && renewed.has(change.id);
  if (change.what !== "part") return false;
  if (change.kind === "leaf") return change.verb === "replaced" && only(["dueAt"]);
  const proof = ["certificate", "filesDigest", "issued", "revision"];
  return change.kind === "check" && change.verb === "changed" && only(proof);
}
