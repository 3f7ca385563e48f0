import type { Held } from "../../client/jetstream/held.ts";
import type { HeldStream } from "../../model/jetstream/held.ts";
import {
  type Consents,
  countedStreams,
  needlessConsents,
  withoutConsent,
  wordsToLoseAll,
} from "../../model/jetstream/loss/consent.ts";
import { inMemory } from "../../model/jetstream/loss/emptied.ts";
import type { BeforeStopping } from "../cli/before-stopping.ts";

/**
 * What the servers reported of their streams before they stop.
 * - `told`: at least one server reported. - `silent`: none did. - `none`: the stack has no server.
 */
export type Looked =
  | {
      readonly kind: "told";
      readonly held: Held /** server_name of each that did not. */;
      readonly silent: readonly string[];
    }
  | { readonly kind: "silent"; readonly why: string }
  | { readonly kind: "none" };

export interface Stopping {
  readonly stack: string;
  readonly looked: Looked;
  readonly consents: Consents;
  /** `--yes` was given. */
  readonly yes: boolean;
}

/**
 * Whether all servers of a stack may stop, by what their streams in memory hold: these are empty afterwards.
 * https://docs.nats.io/nats-concepts/jetstream/streams#storagetype
 */
export function beforeStop({ stack, looked, consents, yes }: Stopping): BeforeStopping {
  const streams = looked.kind === "told" ? looked.held.streams : [];
  const lost = inMemory(streams);
  const open = withoutConsent(lost, consents);
  const words = wordsToLoseAll(lost, consents);
  // A silent server may have the stream.
  const heardAll = looked.kind === "told" && looked.silent.length === 0;
  const before = {
    warnings: [...unchecked(stack, looked), ...(heardAll ? needlessConsents(consents, lost, streams) : [])],
    refusal: undefined,
    question: undefined,
  };
  const stops = `This stops every server of ${stack}.`;
  if (open.length > 0 && yes) return { ...before, refusal: refusalFor(open, words) };
  if (open.length > 0) {
    const text = `${stops} These streams are in memory and would be lost: ${countedStreams(lost)}.`;
    return { ...before, question: { text, fix: `Say \`--yes ${words}\` if you mean it.` } };
  }
  const goes = `These streams are in memory and are lost: ${countedStreams(lost)}.`;
  if (yes || stack === "dev")
    return { ...before, warnings: [...before.warnings, ...(lost.length > 0 ? [goes] : [])] };
  const stays = lost.length > 0 ? `The data in volumes stays. ${goes}` : "The data stays.";
  return { ...before, question: { text: `${stops} ${stays}`, fix: "Say --yes if you mean it." } };
}

/** @param words the consent to every loss, also to those with a consent already: of two `--lose` the last one counts */
function refusalFor(open: readonly HeldStream[], words: string): string {
  return (
    `Nothing was stopped. These streams are in memory and would be lost: ${countedStreams(open)}.\n` +
    `To consent to the loss, say \`${words}\` in this run. For a stream of the configuration, allowDataLoss: true ` +
    "also consents."
  );
}

function unchecked(stack: string, looked: Looked): string[] {
  const then = "Such a stream loses its messages when its servers stop.";
  if (looked.kind === "silent")
    return [
      `Streams in memory are unchecked, because no server of ${stack} reported them: ${looked.why}. ${then}`,
    ];
  if (looked.kind === "told" && looked.silent.length > 0)
    return [`Streams in memory are unchecked on ${looked.silent.join(", ")}, which did not answer. ${then}`];
  return [];
}
