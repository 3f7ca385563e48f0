/**
 * The sections of one project's configuration: `unityplan-nats:pods` becomes `pods`, and its JSON text becomes
 * the value. Keys of other namespaces are not in the result. Empty sections are not in the result either: Pulumi gives
 * them as empty text (null in a future version, as its own warning says).
 */
export function readSections(
  raw: Readonly<Record<string, string>>,
  project: string,
): Record<string, unknown> {
  const prefix = `${project}:`;
  return Object.fromEntries(
    Object.entries(raw)
      .filter(([key, value]) => key.startsWith(prefix) && value !== "" && value !== "null")
      .map(([key, value]) => [key.slice(prefix.length), jsonOrText(value)]),
  );
}

/** A plain string such as `rolling` is not JSON. Text where a map belongs is for the schema to refuse. */
export function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
