import type { ConsumerInputs } from "../../../model/contract/consumer.ts";
import type { Diff, Properties } from "../../../model/contract/properties.ts";
import type { StreamInputs } from "../../../model/contract/stream.ts";
import { diffConsumer } from "../../../model/jetstream/consumer-diff.ts";
import { diffStream } from "../../../model/jetstream/stream-diff.ts";
import type { ConsumerChange, Detail, StreamChange, Verb } from "../changes.ts";
import { pair } from "../values.ts";
import type { Pair } from "./pairs.ts";

/** The plugin itself says what of a stream is another one now, and what can't be changed in place. */
export function streamChange({ id, before, after }: Pair<StreamInputs>): StreamChange[] {
  const told = verdict(diffStream, before, after);
  return told === undefined ? [] : [{ what: "stream", id, ...told, before, after }];
}

/** @param replaced names of streams that are recreated, with their consumers */
export function consumerChange(
  { id, before, after }: Pair<ConsumerInputs>,
  replaced: ReadonlySet<string>,
): ConsumerChange[] {
  const told = verdict(diffConsumer, before, after);
  const withStream = before !== undefined && after !== undefined && replaced.has(after.stream);
  if (withStream)
    return [{ what: "consumer", id, verb: "replaced", details: told?.details ?? [], before, after }];
  return told === undefined ? [] : [{ what: "consumer", id, ...told, before, after }];
}

/** undefined: nothing changes. */
function verdict<Spec extends object>(
  diff: (state: Spec, news: Spec) => Diff,
  before: Spec | undefined,
  after: Spec | undefined,
): { readonly verb: Verb; readonly details: readonly Detail[] } | undefined {
  if (before === undefined) return { verb: "created", details: [] };
  if (after === undefined) return { verb: "deleted", details: [] };
  const { changes } = diff(before, after);
  if (changes.length === 0) return undefined;
  const [from, to] = [before as Properties, after as Properties];
  const details = changes
    .map(({ path }) => pair(path, from[path], to[path]))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
  return { verb: changes.some(({ replaces }) => replaces) ? "replaced" : "changed", details };
}
