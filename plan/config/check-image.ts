import { oldReleaseFault } from "../transitions/versions.ts";
import type { Draft } from "./draft.ts";
import { type Fault, show } from "./faults.ts";

/** The servers' release must take the nats.conf that this program writes. */
export function checkImage({ cluster }: Draft): Fault[] {
  const { image } = cluster.values;
  const fault = image === undefined ? undefined : oldReleaseFault(image);
  return fault === undefined ? [] : [{ path: ["cluster", "image"], message: `${show(image)}: ${fault}` }];
}
