const pattern =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[-+]\d\d:\d\d)?)?$/;

/**
 * The string that Pulumi reads for a date without quotes: `2026-01-02` becomes `2026-01-02 00:00:00 +0000 UTC`.
 * @returns undefined where the source is not a date, such as `2026-02-30`
 */
export function timestampText(source: string): string | undefined {
  const [
    ,
    year = "",
    month = "",
    day = "",
    separator = "",
    hour = "0",
    minute = "0",
    second = "0",
    fraction = "",
    zone = "",
  ] = pattern.exec(source) ?? [];
  // A time after a T needs a zone. A time after a space must not have one.
  if (year === "" || ((separator === " ") === (zone !== "") && separator !== "")) return undefined;
  if (!isDay(Number(year), Number(month), Number(day))) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const shownZone = zoneText(zone);
  if (shownZone === undefined) return undefined;
  const shownFraction = fraction.slice(0, 9).replace(/0+$/, "");
  const date = `${year}-${twoDigits(month)}-${twoDigits(day)}`;
  const time = `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}${shownFraction === "" ? "" : `.${shownFraction}`}`;
  return `${date} ${time} ${shownZone}`;
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (days[month - 1] ?? 0);
}

/** Where the machine's own zone has the same offset, Pulumi writes the name of that zone at the end. */
function zoneText(zone: string): string | undefined {
  const [, sign = "+", hours = "00", minutes = "00"] = /^([-+])(\d\d):(\d\d)$/.exec(zone) ?? [];
  if (Number(hours) > 24 || Number(minutes) > 60) return undefined;
  const offset = Number(hours) * 60 + Number(minutes);
  if (offset === 0) return "+0000 UTC";
  const shown = `${sign}${twoDigits(Math.floor(offset / 60))}${twoDigits(offset % 60)}`;
  return `${shown} ${shown}`;
}

function twoDigits(number: number | string): string {
  return String(number).padStart(2, "0");
}
