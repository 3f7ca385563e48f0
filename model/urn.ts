/** A resource's URN, taken apart: https://www.pulumi.com/docs/iac/concepts/resources/names/#urns */
export interface Urn {
  readonly stack: string;
  readonly project: string;
  /** Of the resources that it stands in and of itself, its own the last. */
  readonly types: readonly string[];
  readonly name: string;
}

export function parseUrn(urn: string): Urn {
  const [head = "", project = "", types = "", ...names] = urn.split("::");
  return {
    stack: head.slice(head.lastIndexOf(":") + 1),
    project,
    types: types.split("$"),
    name: names.join("::"),
  };
}

export function renderUrn({ stack, project, types, name }: Urn): string {
  return [`urn:pulumi:${stack}`, project, types.join("$"), name].join("::");
}
