import type { StreamSpec } from "./stream.ts";
import { sameValue } from "./stream-canonical.ts";

/** Whether servers have to make, move or drop copies to get from one to the other. */
export function movesCopies(from: StreamSpec, to: StreamSpec): boolean {
  return from.replicas !== to.replicas || moves(from, to);
}

function moves(from: StreamSpec, to: StreamSpec): boolean {
  return !sameValue("placementTags", from.placementTags, to.placementTags);
}

/**
 * The updates that lead from one configuration to another. A server refuses to move and to scale at once (error
 * 10123). When copies are added they need the new place; when they are dropped, the move is then of fewer copies.
 */
export function planSteps(from: StreamSpec, to: StreamSpec): StreamSpec[] {
  if (!moves(from, to) || from.replicas === to.replicas) return [to];
  return to.replicas > from.replicas
    ? [{ ...to, replicas: from.replicas }, to]
    : [{ ...to, placementTags: from.placementTags }, to];
}
