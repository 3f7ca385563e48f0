/** Every rule of policy, as it is waived: `docs/policy.md` says what each is for. */
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

/** Reasons for which rules do not hold in a stack, by the rule. */
export type Waivers = Readonly<Partial<Record<RuleName, string>>>;
