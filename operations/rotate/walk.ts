import type { AuthorityPhase } from "../../plan/tls-plan.ts";

/** A CA of the configuration. */
export interface Phase {
  readonly generation: number;
  readonly phase: AuthorityPhase;
}

export interface Way {
  /** To the older CA. */
  readonly back?: boolean;
  /** The highest number that a CA has ever had: no number is used twice. */
  readonly lastGeneration?: number;
}

/** One update of a rotation. */
export interface Step {
  /** The CAs after this update. */
  readonly authorities: readonly Phase[];
  /** For people: the phase of the rotation after this update. */
  readonly name: "incoming" | "active" | "gone";
  readonly says: string;
}

/**
 * The next update of a rotation: the servers trust the new CA, then the new CA issues, then the old CA is removed. Only
 * the configuration decides, so a rotation can be interrupted at any time and goes on from there.
 */
export function nextStep(
  authorities: readonly Phase[],
  { back = false, lastGeneration = 0 }: Way = {},
): Step | undefined {
  const active = authorities.find(({ phase }) => phase === "active");
  const incoming = authorities.find(({ phase }) => phase === "incoming");
  const outgoing = authorities.filter(({ phase }) => phase === "outgoing");
  if (active === undefined) return undefined;
  if (back) return stepBack(active, incoming, outgoing);
  if (incoming !== undefined) return toActive(active, incoming, outgoing);
  if (outgoing.length > 0) return toGone(active, outgoing);
  const generation = Math.max(lastGeneration, ...authorities.map((one) => one.generation)) + 1;
  return {
    name: "incoming",
    authorities: [active, { generation, phase: "incoming" }],
    says: `every server gets CA ${generation} to trust; CA ${generation} issues nothing yet`,
  };
}

/** Whether going back may start before the interrupted update is finished: it may be impossible to finish that update. */
export function turnsBack(authorities: readonly Phase[]): boolean {
  const step = nextStep(authorities, { back: true });
  return step?.name === "active" || authorities.some(({ phase }) => phase === "incoming");
}

function stepBack(active: Phase, incoming: Phase | undefined, outgoing: readonly Phase[]): Step | undefined {
  if (incoming !== undefined) {
    return {
      name: "gone",
      authorities: [active, ...outgoing],
      says: `CA ${incoming.generation} is removed again; it has issued no certificate of a server`,
    };
  }
  if (outgoing.length === 0) return undefined;
  const older = outgoing
    .filter(({ generation }) => generation < active.generation)
    .sort(byGeneration)
    .at(-1);
  // An outgoing CA that is newer shows that this rotation has gone back already. It goes back only once.
  if (older === undefined || outgoing.some(({ generation }) => generation > active.generation))
    return toGone(active, outgoing);
  return toActive(
    active,
    older,
    outgoing.filter((one) => one !== older),
  );
}

function toActive(active: Phase, next: Phase, others: readonly Phase[]): Step {
  const authorities: Phase[] = [
    ...others,
    { generation: active.generation, phase: "outgoing" },
    { generation: next.generation, phase: "active" },
  ];
  return {
    name: "active",
    authorities: authorities.sort(byGeneration),
    says: `every server gets a certificate of CA ${next.generation}; CA ${active.generation} is still trusted`,
  };
}

function byGeneration(left: Phase, right: Phase): number {
  return left.generation - right.generation;
}

function toGone(active: Phase, outgoing: readonly Phase[]): Step {
  const which = outgoing.map(({ generation }) => generation).join(" and ");
  return { name: "gone", authorities: [active], says: `the servers no longer trust CA ${which}` };
}
