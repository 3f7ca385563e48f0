import type { AuthorityPlan } from "../../plan/tls-plan.ts";

/**
 * Why a stack should not be taken down now: the active CA survives a `down`, and the next `up` recreates other CAs with
 * other keys. A CA of the configuration comes back as it is.
 */
export function rotationGuard(stack: string, authorities: readonly AuthorityPlan[]): string | undefined {
  const others = authorities.filter(({ phase, given }) => phase !== "active" && given === undefined);
  if (others.length === 0) return undefined;
  const which = others.map(({ generation, phase }) => `${generation} (${phase})`).join(", ");
  return (
    `A CA rotation of ${stack} is in progress. \`down\` would recreate CA ${which}: programs that trust it or have a ` +
    `certificate of it would be refused. Finish the rotation first: \`npm run rotate -- ca ${stack}\`. Or say --yes to ` +
    "take the stack down anyway."
  );
}
