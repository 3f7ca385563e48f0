import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { StackFileError } from "./faults.ts";

/**
 * The text of a stack's file. It keeps the byte order mark and the line ends.
 * @throws StackFileError where the file is not UTF-8: an edit would change bytes that it does not name
 */
export function stackFileText(path: string): string {
  const bytes = readFileSync(path);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const message = "the file is not UTF-8; save it as UTF-8";
    throw new StackFileError(basename(path), [{ line: 1, column: 1, message }]);
  }
}
