/** A Markdown page, taken apart as far as the tests of the docs need. */
export interface Page {
  /** What people read, without code and without the targets of links; in one line. */
  readonly prose: string;
  /** The texts of code blocks and code spans. */
  readonly code: readonly string[];
  readonly headings: readonly string[];
  /** Where links lead, outside of code. */
  readonly links: readonly string[];
}

interface Line {
  readonly text: string;
  readonly isCode: boolean;
}

export function parsePage(markdown: string): Page {
  const lines = linesOf(markdown);
  const text = lines.map((line) => (line.isCode ? "" : line.text)).join("\n");
  const blocks = lines.filter(({ isCode }) => isCode).map((line) => line.text);
  const withoutCode = text.replace(codeSpan, "` `");
  return {
    prose: withoutCode.replace(linkTarget, "]").replace(/\s+/g, " "),
    code: [...blocks, ...[...text.matchAll(codeSpan)].map(([, span = ""]) => span.replace(/\s+/g, " "))],
    headings: [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => heading),
    links: [...withoutCode.matchAll(linkTarget)].map(([, target = ""]) => target),
  };
}

/** May go over lines of one paragraph. */
const codeSpan = /`((?:[^`\n]|\n(?!\s*\n))+)`/g;
const linkTarget = /\]\(([^)\s]+)\)/g;

/** A block is fenced, or indented behind an empty line. */
function linesOf(markdown: string): Line[] {
  const lines: Line[] = [];
  let fence: string | undefined;
  for (const text of markdown.split("\n")) {
    const marker = /^\s*(```+)/.exec(text)?.[1];
    const before = lines.at(-1);
    if (fence !== undefined) {
      if (marker !== undefined && marker.length >= fence.length) fence = undefined;
      lines.push({ text, isCode: true });
    } else if (marker !== undefined) {
      fence = marker;
      lines.push({ text, isCode: true });
    } else {
      const mayBegin = before === undefined || before.isCode || before.text.trim() === "";
      lines.push({ text, isCode: mayBegin && (/^ {4}/.test(text) || isGap(text, before)) });
    }
  }
  return lines;
}

/** An empty line inside an indented block. */
function isGap(text: string, before: Line | undefined): boolean {
  return text.trim() === "" && before?.isCode === true && /^ {4}|^$/.test(before.text);
}

/**
 * The anchors of headings as GitHub makes them: lower case, without punctuation, spaces as dashes, and a number where a
 * heading comes again.
 */
export function anchorsOf(headings: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return headings.map((heading) => {
    const shown = heading.replace(linkTarget, "]").replaceAll(/[`*[\]]/g, "");
    const anchor = shown
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
      .replaceAll(" ", "-");
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}
