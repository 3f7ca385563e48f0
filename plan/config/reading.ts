/**
 * What stands where a secret would be when the configuration is read without Pulumi, which alone can decrypt it.
 * Nobody can mistake it for PEM.
 */
export const hiddenSecret = "[secret]";

/** How a configuration is read. */
export interface Reading {
  /**
   * `hidden`: without Pulumi, which alone can decrypt secrets, each is `[secret]`, and what needs its content goes
   * unchecked. Default `shown`.
   */
  readonly secrets?: "shown" | "hidden";
  /** Against what certificates' dates are checked; default now. */
  readonly now?: Date | "unchecked";
}
