/** Plain property values, secrets unwrapped. An unknown of a preview is {@link unknown}. */
export type Properties = Readonly<Record<string, unknown>>;

/** Stands for a value that a preview does not know yet. */
export const unknown: unique symbol = Symbol("unknown");

/** A value as a preview may have it: not known yet, as a whole or in parts. */
export type MaybeUnknown<Value> =
  | typeof unknown
  | (Value extends readonly (infer Item)[]
      ? readonly MaybeUnknown<Item>[]
      : Value extends object
        ? Previewed<Value>
        : Value);

/** Inputs or a state as a preview may have them. */
export type Previewed<Values> = { readonly [Key in keyof Values]: MaybeUnknown<Values[Key]> };

/** A state that an older program may have left, in which the properties of these names are not there yet. */
export type WithLater<State, Later extends keyof State> = Omit<State, Later> & {
  readonly [Key in Later]?: State[Key] | undefined;
};

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** A changed property: its path as in `maxAgeSeconds` or `subjects`, and whether only a replacement can change it. */
export interface Change {
  readonly path: string;
  readonly kind: "add" | "update" | "delete";
  readonly replaces: boolean;
  /** It is no input: only the state and what comes of this update have it. */
  readonly isOutput?: boolean;
}

export interface Diff {
  readonly changes: readonly Change[];
  /** The old one goes before the new one comes, because both have one name. */
  readonly deleteBeforeReplace: boolean;
}
