/** The most that GitHub takes as the text of a comment or an issue, in characters. */
export const bodyLimit = 65_536;

/** The text of another author mentions no one: a mention would notify people. */
export function withoutMentions(text: string): string {
  return text.replace(/@(?=[\w-])/g, "@\u200b");
}

/** The text without characters that end or reorder lines, or that GitHub refuses. */
export function printable(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) =>
      character === "\n" || character === "\t" ? character : "",
    );
}

/**
 * The text cut between two lines, with what is open there closed, and a notice behind it; the text itself where it fits.
 * @param limit characters, the notice among them
 */
export function cut(text: string, limit: number, notice: string): string {
  if (text.length <= limit) return text;
  const tail = `\n\n${notice}\n`;
  const kept: string[] = [];
  let length = tail.length;
  let open: Open = { folded: 0 };
  for (const line of text.split("\n")) {
    const then = after(open, line);
    length += line.length + 1;
    if (length + closing(then).length > limit) break;
    open = then;
    kept.push(line);
  }
  return `${kept.join("\n")}${closing(open)}${tail}`;
}

/** The code block and the number of folded parts in which a line stands. */
interface Open {
  readonly fence?: string;
  readonly folded: number;
}

function after(open: Open, line: string): Open {
  const [, mark, rest] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  if (open.fence !== undefined) {
    const ends = mark?.startsWith(open.fence) && rest?.trim() === "";
    return ends ? { folded: open.folded } : open;
  }
  const folded = open.folded + count(line, /<details\b/g) - count(line, /<\/details>/g);
  return mark === undefined ? { folded } : { folded, fence: mark };
}

function closing({ fence, folded }: Open): string {
  return `${fence === undefined ? "" : `\n${fence}`}${"\n\n</details>".repeat(Math.max(0, folded))}`;
}

function count(line: string, what: RegExp): number {
  return line.match(what)?.length ?? 0;
}

/** Cuts texts so that they fit together: the short ones stay whole, the long ones share what is left. */
export function cutTogether(texts: readonly string[], limit: number, notice: string): string[] {
  const byLength = [...texts.keys()].sort((a, b) => (texts[a] ?? "").length - (texts[b] ?? "").length);
  const result = [...texts];
  let left = limit;
  for (const [place, index] of byLength.entries()) {
    const text = cut(texts[index] ?? "", Math.floor(left / (texts.length - place)), notice);
    result[index] = text;
    left -= text.length;
  }
  return result;
}
