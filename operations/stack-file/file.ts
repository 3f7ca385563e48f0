import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { StackFileError } from "./faults.ts";

/**
 * The text of a stack's file with all that it is made of: a mark of its byte order, and the ends of its lines.
 * @throws StackFileError where it is not UTF-8, for what is written back would be another file
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
