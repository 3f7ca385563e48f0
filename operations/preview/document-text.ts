import { documentForm } from "../../model/canonical-json.ts";
import type { AuthorityPhase } from "../../plan/tls-plan.ts";
import { documentVersion, type PlanDocument } from "./document.ts";

/**
 * The words in which commits tell each other of their plans: those of the first commit that did. A commit's own words
 * have changed since, but a commit that reads them may know only these.
 */
interface WrittenDocument extends Omit<PlanDocument, "rollout" | "tls"> {
  readonly rollout: Omit<PlanDocument["rollout"], "skip"> & { readonly without: readonly string[] };
  readonly tls: Omit<PlanDocument["tls"], "authorities"> & {
    readonly authorities: readonly WrittenAuthority[];
  };
}

interface WrittenAuthority extends Omit<PlanDocument["tls"]["authorities"][number], "phase"> {
  readonly phase: string;
}

const active: AuthorityPhase = "active";
const writtenActive = "used";

/** The same plan is the same text: keys are sorted, and nothing depends on the order of a configuration file. */
export function documentText(document: PlanDocument): string {
  return `${documentForm(asWritten(document))}\n`;
}

function asWritten({ rollout: { skip, ...rollout }, tls, ...document }: PlanDocument): WrittenDocument {
  const authorities = tls.authorities.map((one) => ({
    ...one,
    phase: one.phase === active ? writtenActive : one.phase,
  }));
  return { ...document, rollout: { ...rollout, without: skip }, tls: { ...tls, authorities } };
}

/**
 * Reads what a commit says of itself, in the written words or in today's.
 * @returns undefined where it is no JSON; a document of another version is as it stands there
 */
export function documentIn(text: string): PlanDocument | undefined {
  let document: PlanDocument;
  try {
    document = JSON.parse(text) as PlanDocument;
  } catch {
    return undefined;
  }
  return document.version === documentVersion ? asRead(document) : document;
}

function asRead({ rollout, tls, ...document }: PlanDocument | WrittenDocument): PlanDocument {
  const authorities = tls.authorities.map((one) => ({
    ...one,
    phase: one.phase === writtenActive ? active : (one.phase as AuthorityPhase),
  }));
  const { without: skip = [], ...same } = { without: undefined, ...rollout };
  return { ...document, rollout: { skip, ...same }, tls: { ...tls, authorities } };
}
