const part = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const whole = new RegExp(`^${part}(?:\\.${part}){3}$`);

/** Says what `isIPv4` of `node:net` says, and reaches for no network. */
export function isIPv4(text: string): boolean {
  return whole.test(text);
}
