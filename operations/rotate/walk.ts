import type { AuthorityPhase } from "../../plan/tls-plan.ts";

/** An authority of the configuration. */
export interface Phase {
  readonly generation: number;
  readonly phase: AuthorityPhase;
}

export interface Way {
  /** To the older authority. */
  readonly back?: boolean;
  /** The highest number that any authority has had: none is given twice. */
  readonly lastGeneration?: number;
}

/** One update of a rotation. */
export interface Step {
  /** The authorities after it. */
  readonly authorities: readonly Phase[];
  /** For people: where the rotation then is. */
  readonly name: "incoming" | "active" | "gone";
  readonly says: string;
}

/**
 * The next update of a rotation: a new authority is first trusted, then issues, then the old one goes. It goes by the
 * configuration alone, so that a rotation can be interrupted anywhere and goes on from there.
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
    says: `every server learns to trust the authority ${generation}, which issues nothing yet`,
  };
}

/** Whether going back need not wait until the update that was begun is finished: it may be the one that can't be. */
export function turnsBack(authorities: readonly Phase[]): boolean {
  const step = nextStep(authorities, { back: true });
  return step?.name === "active" || authorities.some(({ phase }) => phase === "incoming");
}

function stepBack(active: Phase, incoming: Phase | undefined, outgoing: readonly Phase[]): Step | undefined {
  if (incoming !== undefined) {
    return {
      name: "gone",
      authorities: [active, ...outgoing],
      says: `the authority ${incoming.generation} goes again; it has issued nothing to a server`,
    };
  }
  if (outgoing.length === 0) return undefined;
  const older = outgoing
    .filter(({ generation }) => generation < active.generation)
    .sort(byGeneration)
    .at(-1);
  // A newer one that goes is the one that was gone back on: once is enough.
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
    says: `every server gets a certificate of the authority ${next.generation}; ${active.generation} is still trusted`,
  };
}

function byGeneration(left: Phase, right: Phase): number {
  return left.generation - right.generation;
}

function toGone(active: Phase, outgoing: readonly Phase[]): Step {
  const which = outgoing.map(({ generation }) => generation).join(" and ");
  return { name: "gone", authorities: [active], says: `the authority ${which} is trusted no more` };
}
