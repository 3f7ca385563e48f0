declare module "js-yaml" {
  /** Parses one YAML document. */
  export function load(text: string): unknown;
  /** Writes one; texts that an older YAML would read as something else, such as "no", are quoted. */
  export function dump(
    value: unknown,
    options?: { readonly flowLevel?: number; readonly lineWidth?: number },
  ): string;
}
