/**
 * Puts one section of a stack's configuration file in place of another text's, so that an edit by a program changes
 * nothing else of a file that people write. A section begins with its key and ends where the next line stands as far
 * left as that.
 * @param key as in `unityplan-nats:tls`
 * @param edited a text that has the section as it is to be; one without it takes it away
 */
export function withSection(text: string, key: string, edited: string): string {
  const place = split(text, key);
  const { section, indent } = split(edited, key);
  return [...place.before, ...shifted(section, place.indent - indent), ...place.after].join("\n");
}

interface Place {
  readonly before: readonly string[];
  /** Empty where the section is not there. */
  readonly section: readonly string[];
  readonly after: readonly string[];
  /** Of the key, in spaces. */
  readonly indent: number;
}

function split(text: string, key: string): Place {
  const lines = text.split("\n");
  const indent = indentOfSections(lines);
  const start = lines.findIndex((line) => keyOf(line) === key && indentOf(line) === indent);
  if (start === -1) return atEndOfConfig(lines, indent);
  let end = start + 1;
  for (const [index, line] of lines.entries()) {
    // A comment may stand anywhere; what follows says whose it is.
    if (index <= start || isBlank(line) || (isComment(line) && indentOf(line) <= indent)) continue;
    if (indentOf(line) <= indent && !isItem(line, indent)) break;
    end = index + 1;
  }
  return { before: lines.slice(0, start), section: lines.slice(start, end), after: lines.slice(end), indent };
}

/** The key of a line, which may be quoted. */
function keyOf(line: string): string | undefined {
  return /^\s*(["']?)([^\s"'#][^\s"']*)\1\s*:(?=\s|$)/.exec(line)?.[2];
}

/** Items of a list may stand as far left as their key. */
function isItem(line: string, indent: number): boolean {
  return indentOf(line) === indent && /^-(\s|$)/.test(line.trimStart());
}

function lineOfConfig(lines: readonly string[]): number {
  return lines.findIndex((line) => keyOf(line) === "config" && indentOf(line) === 0);
}

function indentOfSections(lines: readonly string[]): number {
  const first = lines.slice(lineOfConfig(lines) + 1).find((line) => !isBlank(line) && !isComment(line));
  return indentOf(first ?? "") || 2;
}

/** Where a section that is not there yet goes: behind the others, and before a comment on what follows them. */
function atEndOfConfig(lines: readonly string[], indent: number): Place {
  const config = lineOfConfig(lines);
  const inside = lines.slice(config + 1);
  const length = inside.findIndex((line) => !isBlank(line) && !isComment(line) && indentOf(line) === 0);
  let end = length === -1 ? lines.length : config + 1 + length;
  while (end > config + 1 && isOutside(lines[end - 1] ?? "")) end--;
  return { before: lines.slice(0, end), section: [], after: lines.slice(end), indent };
}

function isOutside(line: string): boolean {
  return isBlank(line) || (isComment(line) && indentOf(line) === 0);
}

/** Pulumi's editor writes two spaces a level, and a person may have written four. */
function shifted(lines: readonly string[], by: number): string[] {
  return lines.map((line) => {
    if (isBlank(line)) return line;
    return by >= 0 ? " ".repeat(by) + line : line.slice(Math.min(-by, indentOf(line)));
  });
}

function isBlank(line: string): boolean {
  return line.trim() === "";
}

function isComment(line: string): boolean {
  return line.trimStart().startsWith("#");
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
