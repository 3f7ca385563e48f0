import { readFileSync } from "node:fs";
import { table } from "./table.ts";

/** When a test file ran, from the start of its loading to the end of its last hook. */
export interface FileTime {
  /** The project's name in vitest.config.mts. */
  readonly project: string;
  /** Path from the project's folder. */
  readonly file: string;
  /** Milliseconds since any one moment, which is the same for all files of a run. */
  readonly startMs: number;
  readonly endMs: number;
}

/** How many files the report names. */
const named = 10;

/** @returns nothing where the run broke before it could write them */
export function readTimes(file: string): readonly FileTime[] {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as FileTime[];
  } catch {
    return [];
  }
}

const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1).padStart(7);

/** The ten files that took longest, the longest first. */
function longestFiles(times: readonly FileTime[]): string {
  const length = ({ startMs, endMs }: FileTime) => endMs - startMs;
  const longest = times.toSorted((one, other) => length(other) - length(one)).slice(0, named);
  const rows = longest.map((time) => [seconds(length(time)), time.project, time.file]);
  return table([["seconds", "project", "longest files"], ...rows]);
}

/**
 * How long each project ran: from the start of its first file to the end of its last one. Files may run side by side,
 * so a sum would tell more than a person waited. The order is the one in which they started.
 */
function projectTimes(times: readonly FileTime[]): string {
  const projects = Map.groupBy(times, ({ project }) => project);
  const spans = [...projects].map(([project, files]) => ({
    project,
    files: files.length,
    startMs: Math.min(...files.map(({ startMs }) => startMs)),
    endMs: Math.max(...files.map(({ endMs }) => endMs)),
  }));
  const rows = spans
    .toSorted((one, other) => one.startMs - other.startMs)
    .map(({ project, files, startMs, endMs }) => [seconds(endMs - startMs), project, String(files)]);
  return table([["seconds", "project", "files"], ...rows]);
}

/** What a test run says of its time before its closing line; nothing where no file ran. */
export function timesReport(times: readonly FileTime[]): string {
  return times.length === 0 ? "" : `${longestFiles(times)}\n\n${projectTimes(times)}`;
}
