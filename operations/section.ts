/**
 * Puts one section of a stack's configuration file in place of another text's, so that an edit by a program changes
 * nothing else of a file that people write. A section begins with its key and ends where the next line stands as far
 * left as that.
 * @param key as in `unityplan-nats:tls`
 * @param edited a text that has the section as it is to be; one without it takes it away
 */
export function withSection(text: string, key: string, edited: string): string {
  const [before, , after] = split(text, key);
  return [...before, ...split(edited, key)[1], ...after].join("\n");
}

function split(text: string, key: string): [string[], string[], string[]] {
  const lines = text.split("\n");
  const start = lines.findIndex(
    (line) => line.trimStart().startsWith(`${key}:`) || line.trimStart() === `"${key}":`,
  );
  if (start === -1) return [...atEndOfConfig(lines)];
  const indent = indentOf(lines[start] ?? "");
  const length = lines
    .slice(start + 1)
    .findIndex((line) => line.trim() !== "" && indentOf(line) <= indent && !isItem(line, indent));
  const end = length === -1 ? lines.length : start + 1 + length;
  const [section, rest] = [lines.slice(start, end), lines.slice(end)];
  while (section.at(-1)?.trim() === "") rest.unshift(section.pop() ?? "");
  return [lines.slice(0, start), section, rest];
}

/** Items of a list may stand as far left as their key. */
function isItem(line: string, indent: number): boolean {
  return indentOf(line) === indent && line.trimStart().startsWith("- ");
}

/** Where a section that is not there yet goes. */
function atEndOfConfig(lines: string[]): [string[], string[], string[]] {
  const config = lines.findIndex((line) => line.startsWith("config:"));
  const length = lines
    .slice(config + 1)
    .findIndex((line) => line.trim() !== "" && indentOf(line) === 0 && !line.startsWith("#"));
  let end = length === -1 ? lines.length : config + 1 + length;
  while (end > 0 && lines[end - 1]?.trim() === "") end--;
  return [lines.slice(0, end), [], lines.slice(end)];
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
