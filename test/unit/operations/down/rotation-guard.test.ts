import { describe, expect, it } from "vitest";
import { rotationGuard } from "../../../../operations/down/rotation-guard.ts";
import type { AuthorityPhase, AuthorityPlan } from "../../../../plan/tls-plan.ts";

const given = { certificatePem: "pem", chainPem: "", privateKeyPem: undefined };
const made = (generation: number, phase: AuthorityPhase): AuthorityPlan => ({
  generation,
  phase,
  given: undefined,
});

describe("a stack that is to go down", () => {
  it("may, with the one authority that outlives it", () => {
    expect(rotationGuard("prod", [made(3, "active")])).toBeUndefined();
  });

  it.each<AuthorityPhase>(["incoming", "outgoing"])("should not with one that is %s", (phase) => {
    expect(rotationGuard("prod", [made(1, "active"), made(2, phase)])).toBe(
      `A CA rotation of prod is in progress. \`down\` would recreate CA 2 (${phase}): programs that trust it or have a ` +
        "certificate of it would be refused. Finish the rotation first: `npm run rotate -- ca prod`. Or say --yes to " +
        "take the stack down anyway.",
    );
  });

  it("names all that would be lost", () => {
    const all = [made(1, "outgoing"), made(2, "active"), made(3, "incoming")];
    expect(rotationGuard("prod", all)).toContain("would recreate CA 1 (outgoing), 3 (incoming)");
  });

  it("may with those that were brought along: they come back as they are", () => {
    expect(rotationGuard("prod", [made(1, "active"), { ...made(2, "incoming"), given }])).toBeUndefined();
  });
});
