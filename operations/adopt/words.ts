import { formatDuration, formatSize } from "../../model/units.ts";

/** Values as the configuration writes them, which is how people read them too. */

/** @param seconds 0 is unlimited. Rounded up to what the configuration can say: a limit is never narrowed */
export function age(seconds: number): string {
  return seconds === 0 ? "unlimited" : formatDuration(Math.ceil(seconds * 1000) / 1000);
}

/** @param bytes -1 is unlimited. Rounded up to whole kilobytes, the least that the configuration can say */
export function size(bytes: number): string {
  return bytes < 0 ? "unlimited" : formatSize(Math.ceil(bytes / 1024) * 1024);
}

/** @param number -1 is unlimited */
export function count(number: number): number | "unlimited" {
  return number < 0 ? "unlimited" : number;
}
