import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Found } from "./previews.ts";

/** Larger than any real report. */
const mostBytes = 1024 * 1024;

/** The stacks that a project folder has a configuration of, sorted. */
export function stacksIn(project: string): string[] {
  return readdirSync(project)
    .flatMap((name) => /^Pulumi\.([A-Za-z0-9_-]+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();
}

/**
 * The reports that a run left, as data: of these stacks only, a plain file of a sensible size, and never where a link
 * leads.
 * @param folder has `preview-STACK/report.md`
 */
export function readReports(folder: string, stacks: readonly string[]): Found[] {
  return stacks.map((stack) => ({
    stack,
    report: readReport(join(folder, `preview-${stack}`, "report.md")),
  }));
}

/** undefined: there is none. */
export function readReport(file: string): string | undefined {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isFile()) return "The report is not a plain file, so it was not read.";
  if (stat.size > mostBytes)
    return `The report has ${stat.size} bytes, more than ${mostBytes}, so it was not read.`;
  return readFileSync(file, "utf8");
}
