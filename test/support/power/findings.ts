import type { Copy } from "./copies.ts";
import type { Ledger } from "./load.ts";

/** Message ids by what is wrong with them. */
export interface Findings {
  /** Acknowledged, and not there. */
  readonly lost: readonly string[];
  /** There more than once. */
  readonly repeated: readonly string[];
  /** There, and not as it was published or with another sequence than acknowledged. */
  readonly altered: readonly string[];
  /** There, and never published into this stream. */
  readonly strange: readonly string[];
}

export const nothingWrong: Findings = { lost: [], repeated: [], altered: [], strange: [] };

/** Holds a copy against what was promised. A message without an acknowledgement may be there, but only once. */
export function compare(ledger: Ledger, { stream, messages }: Copy): Findings {
  const sent = new Map([...ledger].filter(([, one]) => one.stream === stream));
  const stored = Map.groupBy(messages, ({ id }) => id);
  const acknowledged = [...sent].filter(([, one]) => one.acknowledged !== undefined);
  const known = messages.flatMap((message) => {
    const original = sent.get(message.id);
    return original === undefined ? [] : [{ ...message, original }];
  });
  return {
    lost: acknowledged.map(([id]) => id).filter((id) => !stored.has(id)),
    repeated: [...stored].filter(([, same]) => same.length > 1).map(([id]) => id),
    altered: known
      .filter(
        ({ content, sequence, original }) =>
          content !== original.content || sequence !== (original.acknowledged ?? sequence),
      )
      .map(({ id }) => id),
    strange: [...stored.keys()].filter((id) => !sent.has(id)),
  };
}
