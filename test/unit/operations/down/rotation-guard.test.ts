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
      `prod is in the middle of a new authority: 2 (${phase}) would be made anew, and whoever trusts it now or has a ` +
        "certificate of it would be refused. Finish that first, `npm run rotate -- ca prod`, or say --yes.",
    );
  });

  it("names all that would be lost", () => {
    const all = [made(1, "outgoing"), made(2, "active"), made(3, "incoming")];
    expect(rotationGuard("prod", all)).toContain("1 (outgoing), 3 (incoming) would be made anew");
  });

  it("may with those that were brought along: they come back as they are", () => {
    expect(rotationGuard("prod", [made(1, "active"), { ...made(2, "incoming"), given }])).toBeUndefined();
  });
});
