import { type RuleName, ruleNames } from "../policy/names.ts";
import { text } from "./scalars.ts";
import { section } from "./schema.ts";

const reason = text(
  "a reason",
  "why the rule does not hold here, in words",
  // Words, and not a dash that fills the place.
  /\p{L}.*\p{L}/su,
).optional();

/** Which rules of policy do not hold in this stack, and why: see `docs/policy.md`. */
export const policyShape = {
  waive: section(
    Object.fromEntries(ruleNames.map((name) => [name, reason])) as Record<RuleName, typeof reason>,
  ).prefault({}),
};
