/** The names of all rules of policy. A waiver has this name. `docs/policy.md` explains the rules. */
export const ruleNames = [
  "restart-policy",
  "memory-limit",
  "pinned-image",
  "published-port",
  "tls",
  "data-kept",
  "keys-protected",
  "stream-copies",
  "territory-placement",
  "certificate-lifetimes",
  "plain-secret",
] as const;

export type RuleName = (typeof ruleNames)[number];

/** The reasons of a stack's waivers, by rule. */
export type Waivers = Readonly<Partial<Record<RuleName, string>>>;
