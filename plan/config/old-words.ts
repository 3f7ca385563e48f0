import { type Fault, show } from "./faults.ts";
import { isMap } from "./schema.ts";

/** Words of the release before. This release reads them, and the next release does not. */
const oldPhase = "used";
const oldKey = "without";
const phase = "active";
const key = "skip";

/** A configuration in today's words. */
export interface Reworded {
  readonly sections: Readonly<Record<string, unknown>>;
  /** Places in `tls.authorities` where the file has the old word for the phase. */
  readonly oldPhases: readonly number[];
  /** An old and a new word that can't both be read. */
  readonly faults: readonly Fault[];
  /** One for each old word, with the line to write. */
  readonly warnings: readonly string[];
}

export function inTodaysWords(sections: Readonly<Record<string, unknown>>, stack: string): Reworded {
  const { tls, rollout } = sections;
  const authorities: readonly unknown[] = isMap(tls) && Array.isArray(tls.authorities) ? tls.authorities : [];
  const oldPhases = authorities.flatMap((one, index) => (hasOldPhase(one) ? [index] : []));
  const next = `The next release does not read it. Write in Pulumi.${stack}.yaml:`;
  return {
    sections: {
      ...sections,
      ...(isMap(tls) && oldPhases.length > 0
        ? {
            tls: {
              ...tls,
              authorities: authorities.map((one) => (hasOldPhase(one) ? { ...one, phase } : one)),
            },
          }
        : {}),
      ...(saysWithout(rollout) ? { rollout: renamedKey(rollout) } : {}),
    },
    oldPhases,
    faults: saysWithout(rollout) && key in rollout ? [bothKeys(rollout)] : [],
    warnings: [
      ...oldPhases.map(
        (index) =>
          `tls.authorities[${index}].phase is "${oldPhase}", the old word for "${phase}". ${next} phase: ${phase}`,
      ),
      ...(saysWithout(rollout)
        ? [
            `rollout.${oldKey} is the old word for rollout.${key}. ${next} ${key}: ${JSON.stringify(rollout[oldKey])}`,
          ]
        : []),
    ],
  };
}

/** If the file has the old word, the fault has the path with the old word. */
export function atOldWord(fault: Fault, sections: Readonly<Record<string, unknown>>): Fault {
  const [section, setting, ...rest] = fault.path;
  const { rollout } = sections;
  const isOld = section === "rollout" && setting === key && saysWithout(rollout) && !(key in rollout);
  return isOld ? { ...fault, path: [section, oldKey, ...rest] } : fault;
}

/** The note about active CAs when only some of them have the old word for the phase. */
export function oldPhaseAmong(active: readonly number[], oldPhases: readonly number[]): string {
  const old = active.filter((index) => oldPhases.includes(index));
  if (old.length === 0 || old.length === active.length) return "";
  const places = old.map((index) => `tls.authorities[${index}]`).join(", ");
  return ` (${places} says "${oldPhase}", the old word for "${phase}")`;
}

function saysWithout(rollout: unknown): rollout is Readonly<Record<string, unknown>> {
  return isMap(rollout) && oldKey in rollout;
}

function hasOldPhase(authority: unknown): authority is Readonly<Record<string, unknown>> {
  return isMap(authority) && authority.phase === oldPhase;
}

function renamedKey({ [oldKey]: skip, ...rollout }: Readonly<Record<string, unknown>>) {
  return { skip, ...rollout };
}

function bothKeys({ [oldKey]: old, [key]: now }: Readonly<Record<string, unknown>>): Fault {
  return {
    path: ["rollout", oldKey],
    message:
      `${show(old)} is given together with rollout.${key}, which is ${show(now)}; "${oldKey}" is the old word for "${key}", and ` +
      `only one of them is allowed. Write all these pods into "${key}", and remove "${oldKey}"`,
  };
}
