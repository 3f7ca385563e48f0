import type { StreamSpec } from "../../model/stream.ts";
import { sameValue } from "./canonical.ts";

/**
 * The updates that lead from one configuration to another. A server refuses to move and to scale at once (error
 * 10123). When copies are added they need the new place; when they are dropped, the move is then of fewer copies.
 */
export function planSteps(from: StreamSpec, to: StreamSpec): StreamSpec[] {
  const moves = !sameValue("placementTags", from.placementTags, to.placementTags);
  if (!moves || from.replicas === to.replicas) return [to];
  return to.replicas > from.replicas
    ? [{ ...to, replicas: from.replicas }, to]
    : [{ ...to, placementTags: from.placementTags }, to];
}
