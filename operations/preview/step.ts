/** One step of `pulumi preview --json`: https://www.pulumi.com/docs/iac/cli/commands/pulumi_preview/ */
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: StepState;
  readonly newState?: StepState;
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
}

export interface StepState {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}
