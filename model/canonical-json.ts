/**
 * Texts that are the same for equal values, whatever the order of their keys. What else does not count differs from use
 * to use, and so each use has a form of its own.
 */

/**
 * For the diff of `nats:host:Mesh` and of `nats:tls:Trust`: an unknown of a preview equals nothing, not even itself.
 * @param omitted a key that does not count, at any depth
 */
export function diffForm(value: unknown, omitted?: string): string {
  return canonical(value, { counts: (key) => key !== omitted, unknownsDiffer: true });
}

/** For the hosts in a survey's state: a field without a value, undefined or null, equals one that is not there. */
export function surveyForm(value: unknown): string {
  return canonical(value, { counts: (_, field) => field !== undefined && field !== null });
}

/** For the document of a plan: in lines, for a person to read, and null counts. */
export function documentForm(value: unknown): string {
  return canonical(value, { indent: 1 });
}

interface Form {
  /** Whether a field counts, at any depth. @default each does */
  readonly counts?: (key: string, value: unknown) => boolean;
  /** JSON has no word for an unknown of a preview, and leaves it out otherwise. @default false */
  readonly unknownsDiffer?: boolean;
  /** Spaces before each line, for each level. @default all in one line */
  readonly indent?: number;
}

function canonical(value: unknown, { counts = () => true, unknownsDiffer = false, indent }: Form): string {
  const replaced = (_: string, part: unknown): unknown => {
    if (unknownsDiffer && typeof part === "symbol") return { unknown: Math.random() };
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    const fields = Object.entries(part).filter(([key, field]) => counts(key, field));
    return Object.fromEntries(fields.sort(([left], [right]) => (left < right ? -1 : 1)));
  };
  return JSON.stringify(value, replaced, indent);
}
