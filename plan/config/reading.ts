/**
 * Stands in the place of a secret when the configuration is read without Pulumi, because only Pulumi can decrypt it.
 * It can't be confused with PEM text.
 */
export const hiddenSecret = "[secret]";

/** How a configuration is read. */
export interface Reading {
  /**
   * `hidden`: read without Pulumi, because only Pulumi can decrypt secrets. Each secret is `[secret]`, and its content
   * stays unchecked. Default `shown`.
   */
  readonly secrets?: "shown" | "hidden";
  /** The time against which the dates of certificates are checked. Default: now. */
  readonly now?: Date | "unchecked";
}
