import type { Change } from "./changes.ts";

/** What a scheduled run may find: nothing at all, or renewed certificates with the reloads that bring them. */
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

/** A reload that carries more than a certificate changes lines of nats.conf, or the authorities that are trusted. */
function belongsToRenewal(change: Change, renewed: ReadonlySet<string>): boolean {
  if (change.what === "server")
    return change.verb === "reloaded" && change.details.length === 0 && renewed.has(change.id);
  if (change.what !== "part") return false;
  if (change.kind === "check") return !change.details.some(({ path }) => path.startsWith("authorities"));
  return change.kind === "leaf" && change.verb === "replaced";
}
