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

/** @returns the breaches to refuse. {@link waivedWarning} warns of the waived ones. */
export function unwaived(found: readonly Breach[], waivers: Waivers): Breach[] {
  return found.filter(({ rule }) => waivers[rule.name] === undefined);
}

export function waivedWarning({ rule, wrong }: Breach, waivers: Waivers): string {
  return `Policy: ${rule.name} is waived (${JSON.stringify(waivers[rule.name])}): ${wrong}. ${rule.reason}`;
}

/** Names of the rules that are waived although nothing breaks them. */
export function unusedWaivers(found: readonly Breach[], waivers: Waivers): string[] {
  const broken = new Set<string>(found.map(({ rule }) => rule.name));
  return Object.keys(waivers).filter((name) => !broken.has(name));
}

export function unusedWarning(name: string): string {
  return `Policy: ${name} is waived, and nothing breaks it; remove policy.waive.${name} from the configuration`;
}

/**
 * The message about broken rules. Each rule has all its breaches.
 * @param when `before`: nothing has been registered. `late`: a value became known only while resources were made
 */
export function refusal(stack: string, found: readonly Breach[], when: "before" | "late"): string {
  const broken = rules.filter((rule) => found.some((breach) => breach.rule === rule));
  const [first] = broken;
  const count = broken.length === 1 ? "1 rule" : `${broken.length} rules`;
  const touched =
    when === "before"
      ? "nothing was touched"
      : "seen only when a value became known; no resource with that value was touched";
  return [
    `${stack} breaks ${count} of policy; ${touched}:`,
    ...broken.flatMap((rule) => lines(rule, found)),
    "If you must break a rule, waive it by its name and write the reason: " +
      `unityplan-nats:policy: { waive: { ${first?.name ?? ""}: "…" } }`,
  ].join("\n");
}

function lines(rule: Rule, found: readonly Breach[]): string[] {
  const wrongs = [...new Set(found.filter((breach) => breach.rule === rule).map(({ wrong }) => wrong))];
  return [
    `${rule.name}: ${rule.promise}`,
    ...wrongs.map((wrong) => `  - ${wrong}`),
    `  Why: ${rule.reason}`,
    `  Fix: ${rule.fix}.`,
  ];
}
