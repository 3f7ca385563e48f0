import type { AuthorityPlan } from "../../plan/tls-plan.ts";

/**
 * Why a stack should not be taken down now: of several authorities only the active one outlives that, and the others would
 * come back with other keys. One that was brought along comes back as it is.
 */
export function rotationGuard(stack: string, authorities: readonly AuthorityPlan[]): string | undefined {
  const others = authorities.filter(({ phase, given }) => phase !== "active" && given === undefined);
  if (others.length === 0) return undefined;
  const which = others.map(({ generation, phase }) => `${generation} (${phase})`).join(", ");
  return (
    `${stack} is in the middle of a new authority: ${which} would be made anew, and whoever trusts it now or has a ` +
    `certificate of it would be refused. Finish that first, \`npm run rotate -- ca ${stack}\`, or say --yes.`
  );
}
