/** An output whose value is not known yet. No rule is broken by a value before it is known. */
export const unknown = Symbol("unknown");

/** A value that the engine is told to keep secret. */
export class Secret {
  readonly value: Plain;

  constructor(value: Plain) {
    this.value = value;
  }
}

/** An input of a resource, as far as it is known. Its only symbol is {@link unknown}. */
export type Plain =
  | string
  | number
  | boolean
  | null
  | undefined
  | symbol
  | Secret
  | readonly Plain[]
  | { readonly [key: string]: Plain };

export function isMap(value: Plain): value is { readonly [key: string]: Plain } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

/** The value, whether or not it is a secret. */
export function bare(value: Plain): Plain {
  return value instanceof Secret ? bare(value.value) : value;
}

/** The maps in a list. Empty if the value is not a list, or not known. */
export function mapsIn(value: Plain): readonly { readonly [key: string]: Plain }[] {
  const list = bare(value);
  return Array.isArray(list) ? (list as readonly Plain[]).map(bare).filter(isMap) : [];
}

export function hasUnknown(value: Plain): boolean {
  if (value === unknown) return true;
  if (value instanceof Secret) return hasUnknown(value.value);
  if (Array.isArray(value)) return (value as readonly Plain[]).some(hasUnknown);
  return isMap(value) && Object.values(value).some(hasUnknown);
}

/** A text somewhere in a value. */
export interface Leaf {
  /** From the outside to the inside: `ports`, `0`, `ip`. */
  readonly path: readonly string[];
  readonly text: string;
  readonly secret: boolean;
}

/** Every text in a value that is known. */
export function leavesOf(value: Plain, path: readonly string[] = [], secret = false): Leaf[] {
  if (typeof value === "string") return [{ path, text: value, secret }];
  if (value instanceof Secret) return leavesOf(value.value, path, true);
  if (Array.isArray(value))
    return (value as readonly Plain[]).flatMap((one, index) =>
      leavesOf(one, [...path, String(index)], secret),
    );
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, one]) => leavesOf(one, [...path, key], secret));
}
