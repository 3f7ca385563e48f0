import type { Parsed } from "./parsed.ts";

const secondsPerUnit: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Binary, as in the server's own configuration file, where 8MB is 8388608 bytes:
 * https://docs.nats.io/running-a-nats-service/configuration#strings-and-numbers
 */
const bytesPerUnit: Readonly<Record<string, number>> = {
  KB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** The server keeps durations as nanoseconds in 64 bits: about 292 years. */
const longestSeconds = 106_751 * 86_400;

export const durationForm = 'a whole number with one of the units ms, s, m, h, d, for example "2m" or "30d"';
export const sizeForm =
  'a whole number with one of the units KB, MB, GB, TB (1KB is 1024 bytes), for example "8MB" or "20GB"';

/** Reads `7d`, `2m`, `500ms` as seconds. */
export function parseDuration(value: unknown): Parsed<number> {
  const parsed = parseQuantity(value, secondsPerUnit, "a duration", durationForm);
  if ("fault" in parsed) return parsed;
  // Milliseconds are whole; 0.001 is not a binary fraction.
  const seconds = Math.round(parsed.value * 1000) / 1000;
  if (seconds > longestSeconds) return { fault: "is too long; allowed at most 106751d" };
  return { value: seconds };
}

/** Reads `8MB`, `20GB` as bytes. */
export function parseSize(value: unknown): Parsed<number> {
  const parsed = parseQuantity(value, bytesPerUnit, "a size", sizeForm);
  if ("value" in parsed && !Number.isSafeInteger(parsed.value)) {
    return { fault: "is too large; allowed at most 8191TB" };
  }
  return parsed;
}

function parseQuantity(
  value: unknown,
  units: Readonly<Record<string, number>>,
  what: string,
  form: string,
): Parsed<number> {
  const match = /^(\d+)([A-Za-z]*)$/.exec(String(value));
  if (match === null || (typeof value !== "string" && typeof value !== "number")) {
    return { fault: `is not ${what}; allowed ${form}` };
  }
  const [, digits = "", unit = ""] = match;
  if (unit === "") return { fault: `has no unit; allowed ${form}` };
  const factor = units[unit];
  if (factor === undefined) return { fault: `has the unknown unit "${unit}"; allowed ${form}` };
  return { value: Number(digits) * factor };
}

/** Writes seconds as the server reads durations (Go's `time.ParseDuration`, which knows no days). */
export function goDuration(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}

/** Writes bytes in the largest unit that divides them, as {@link parseSize} reads them. */
export function formatSize(bytes: number): string {
  for (const unit of ["TB", "GB", "MB", "KB"]) {
    const factor = bytesPerUnit[unit] ?? 1;
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return `${bytes} bytes`;
}

/** Writes seconds in the largest unit that divides them, as {@link parseDuration} reads them. */
export function formatDuration(seconds: number): string {
  for (const unit of ["d", "h", "m", "s"]) {
    const factor = secondsPerUnit[unit] ?? 1;
    if (seconds >= factor && seconds % factor === 0) return `${seconds / factor}${unit}`;
  }
  return `${Math.round(seconds * 1000)}ms`;
}
