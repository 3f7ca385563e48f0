import type { Detail } from "../changes.ts";
import { type Sentence, says } from "./sentence.ts";

/** The state's properties that only an owner tag changes: model/jetstream/ownership.ts. */
const tagPaths = ["generation", "ownerTag"];

/** Whether a change of a stream or consumer is of its owner tag. */
export function isOfOwnerTag({ path }: Detail): boolean {
  return tagPaths.includes(path);
}

/** An imported object gets its first owner tag. An object that lost its tag gets the tag again. */
export function ownerTagSentences(id: string, details: readonly Detail[]): Sentence[] {
  return details.some(isOfOwnerTag) ? [says(`${id} gets the owner tag of this stack.`)] : [];
}
