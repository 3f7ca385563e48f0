/** A resource of the state. */
export interface DeployedResource {
  readonly type: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}
