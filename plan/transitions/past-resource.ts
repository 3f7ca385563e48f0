/** A resource of the state. */
export interface PastResource {
  readonly type: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}
