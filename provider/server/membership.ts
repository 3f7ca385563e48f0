import {
  checkMembership,
  type MembershipInputs,
  type MembershipState,
  membershipFields,
  usualAccount,
} from "../../model/contract/membership.ts";
import { diffInputs } from "../../model/contract/server-fields.ts";
import { natsTypes } from "../../model/resource-types.ts";
import { makesNothing, type Resource } from "../resource.ts";

/**
 * `nats:server:Membership`: who belongs to the cluster. It makes nothing; every server's files and container wait for
 * it, so that a change which would lose a pod is refused by its check, in the preview and before anything is touched.
 */
export const membership: Resource<MembershipInputs, MembershipState> = {
  check: checkMembership,
  diff: (state, _oldInputs, news) =>
    diffInputs({ systemAccount: usualAccount, ...state }, news, membershipFields),
  preview: (inputs) => inputs,
  create: async (inputs) => ({ id: String(inputs.clusterName), state: inputs }),
  update: async (_id, _state, news) => news,
  ...makesNothing(natsTypes.membership),
};
