import type { Waivers } from "./names.ts";
import type { Context, Registration, Rule } from "./rule.ts";
import { rules } from "./rules.ts";

/** A rule that does not hold somewhere. */
export interface Breach {
  readonly rule: Rule;
  readonly wrong: string;
}

export function judgePlan(context: Context): Breach[] {
  return rules.flatMap((rule) => breaches(rule, rule.inPlan?.(context)));
}

export function judgeResource(resource: Registration, context: Context): Breach[] {
  return rules.flatMap((rule) => breaches(rule, rule.inResource?.(resource, context)));
}

function breaches(rule: Rule, wrongs: readonly string[] = []): Breach[] {
  return wrongs.map((wrong) => ({ rule, wrong }));
}

/** @returns what is to be refused; what is waived is for {@link waivedWarning} */
export function unwaived(found: readonly Breach[], waivers: Waivers): Breach[] {
  return found.filter(({ rule }) => waivers[rule.name] === undefined);
}

export function waivedWarning({ rule, wrong }: Breach, waivers: Waivers): string {
  return `Policy: ${rule.name} is waived (${JSON.stringify(waivers[rule.name])}): ${wrong}. ${rule.reason}`;
}

/** Names of the rules that are waived and hold all the same. */
export function unusedWaivers(found: readonly Breach[], waivers: Waivers): string[] {
  const broken = new Set<string>(found.map(({ rule }) => rule.name));
  return Object.keys(waivers).filter((name) => !broken.has(name));
}

export function unusedWarning(name: string): string {
  return `Policy: ${name} is waived, and nothing breaks it; take policy.waive.${name} out of the configuration`;
}

/**
 * What is said of broken rules, each with all that breaks it.
 * @param when `before`: nothing has been registered. `late`: a value became known only while resources were made
 */
export function refusal(stack: string, found: readonly Breach[], when: "before" | "late"): string {
  const broken = rules.filter((rule) => found.some((breach) => breach.rule === rule));
  const [first] = broken;
  const count = broken.length === 1 ? "1 rule" : `${broken.length} rules`;
  const touched =
    when === "before"
      ? "nothing was touched"
      : "seen only when a value became known, before what takes that value was touched";
  return [
    `${stack} breaks ${count} of policy; ${touched}:`,
    ...broken.flatMap((rule) => lines(rule, found)),
    "Who must break a rule waives it by its name, and says why: " +
      `unityplan-nats:policy: { waive: { ${first?.name ?? ""}: "…" } }`,
  ].join("\n");
}

function lines(rule: Rule, found: readonly Breach[]): string[] {
  const wrongs = [...new Set(found.filter((breach) => breach.rule === rule).map(({ wrong }) => wrong))];
  return [
    `${rule.name}: ${rule.promise}`,
    ...wrongs.map((wrong) => `  - ${wrong}`),
    `  Why: ${rule.reason}`,
    `  Mend: ${rule.mend}.`,
  ];
}
