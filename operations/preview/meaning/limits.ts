import type { StreamInputs } from "../../../model/contract/stream.ts";
import { dropsUnneeded, lowersPerSubject, shortensAge } from "../../../model/jetstream/loss/changes.ts";
import { formatDuration, formatSize } from "../../../model/units.ts";
import { count, listed, loses, refused, type Sentence, says, unchecked } from "./sentence.ts";
import type { StreamFacts } from "./stream-facts.ts";

/** Limits that may delete what is stored. */
export function narrowing(
  id: string,
  before: StreamInputs,
  after: StreamInputs,
  facts: StreamFacts | undefined,
): Sentence[] {
  const narrower = narrowerLimits(before, after);
  if (narrower.length === 0) return [];
  const limits = listed(narrower);
  if (facts === undefined) {
    const then = after.allowDataLoss
      ? "these messages are lost: allowDataLoss consents"
      : "`up` refuses, and nothing is lost";
    return [
      unchecked(`${id} gets ${limits}. It is unchecked whether messages are beyond that. If so, ${then}.`),
    ];
  }
  if (facts.losses.length === 0)
    return [says(`${id} gets ${limits}: none of its ${count(facts.messages, "message")} is beyond that.`)];
  const lost = facts.losses.map(({ because, messages, accuracy }) => {
    const how = accuracy === "exactly" ? "" : `${accuracy} `;
    return `${how}${count(messages, "message")} (${because})`;
  });
  return after.allowDataLoss
    ? [loses(`${id} loses ${listed(lost)}: allowDataLoss consents.`)]
    : [
        refused(
          `${id} would lose ${listed(lost)}. Set a wider limit, or set allowDataLoss: true on this stream if these messages may be lost.`,
        ),
      ];
}

/** As the configuration has them: `maxAge: 7d`. */
export function narrowerLimits(before: StreamInputs, after: StreamInputs): string[] {
  const lower = (path: "maxMessages" | "maxBytes") =>
    after.discard === "old" && after[path] >= 0 && (before[path] < 0 || after[path] < before[path]);
  return [
    ...(shortensAge(before, after) ? [`maxAge: ${formatDuration(after.maxAgeSeconds)}`] : []),
    ...(lower("maxMessages") ? [`maxMessages: ${after.maxMessages}`] : []),
    ...(lower("maxBytes") ? [`maxBytes: ${formatSize(after.maxBytes)}`] : []),
    ...(lowersPerSubject(before, after) ? [`maxMessagesPerSubject: ${after.maxMessagesPerSubject}`] : []),
    ...(dropsUnneeded(before, after) ? ["retention: interest"] : []),
    ...(before.discard === "new" && after.discard === "old" ? ["discard: old"] : []),
  ];
}
