/** An entry of the glossary's column "do not write". */
export interface OldWord {
  readonly text: string;
  /** It is a word of a file or of a command line, and is looked for in code too. */
  readonly isCode: boolean;
}

const column = "do not write";

/** What the tables of the glossary forbid. */
export function oldWordsOf(glossary: string): readonly OldWord[] {
  return tablesOf(glossary).flatMap(([heads = [], , ...rows]) => {
    const index = heads.indexOf(column);
    return index < 0 ? [] : rows.flatMap((row) => entriesOf(row[index] ?? ""));
  });
}

/** The cells of each table, row by row. */
function tablesOf(markdown: string): string[][][] {
  const blocks = markdown.split(/\n\s*\n/).filter((block) => block.startsWith("|"));
  return blocks.map((block) =>
    block
      .trim()
      .split("\n")
      .map((line) =>
        line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
  );
}

function entriesOf(cell: string): OldWord[] {
  return cell
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map((entry) => ({ text: entry.replaceAll("`", ""), isCode: entry.startsWith("`") }));
}

/** Where an old word stands in a text, with the words around it. */
export function findOldWord({ text: word, isCode }: OldWord, text: string): readonly string[] {
  const escaped = word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const ending = isCode ? "" : "(?:s|es|d|ed|ing)?";
  // Behind a dot, or before a colon, a word is the name of a setting.
  const pattern = new RegExp(`(?<![\\w.$/-])${escaped}${ending}(?![\\w:/[-]|\\.\\w)`, "gi");
  return [...text.matchAll(pattern)].map(({ index, 0: found }) =>
    text.slice(Math.max(0, index - 40), index + found.length + 40).trim(),
  );
}
