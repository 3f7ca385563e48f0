import { checkFields, type Fields, text } from "../../model/contract/fields.ts";
import { type CheckFailure, type Properties, unknown } from "../../model/contract/properties.ts";
import { diffInputs, neverImported, present, texts, textsOf } from "../../model/contract/server-fields.ts";
import type { Resource } from "../resource.ts";

/**
 * `nats:server:Membership`: who belongs to the cluster. It makes nothing; every server's files and container wait for
 * it, so that a change which would lose a pod is refused by its check, in the preview and before anything is touched.
 */
export interface MembershipInputs {
  readonly clusterName: string;
  /** server_name of every configured server. */
  readonly servers: readonly string[];
  /** What is on the servers' disks goes by its name, so the state has to know it. */
  readonly systemAccount: string;
}

/** That of every stack which does not say; older programs did not write it down. */
const usualAccount = "SYS";

const fields: Fields<keyof MembershipInputs> = {
  clusterName: present,
  servers: texts("server names", 1),
  systemAccount: text(255, usualAccount),
};

export const membership: Resource = {
  check(news, olds) {
    const { inputs, failures } = checkFields(news, fields);
    return { inputs, failures: [...failures, ...promises(olds ?? {}, news)] };
  },
  diff: (state, _oldInputs, news) => diffInputs({ systemAccount: usualAccount, ...state }, news, fields),
  preview: (inputs) => inputs,
  create: async (inputs) => ({ id: String(inputs.clusterName), state: inputs }),
  update: async (_id, _state, news) => news,
  async read(id, inputs, state) {
    return { id, inputs: inputs ?? {}, state: neverImported("nats:server:Membership", state) };
  },
  async delete() {},
};

/** What no update may do to a cluster that is there, said in the preview already. */
function promises(olds: Properties, news: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const taken = textsOf(olds.servers).filter((name) => !textsOf(news.servers).includes(name));
  if (Array.isArray(news.servers) && !news.servers.includes(unknown) && taken.length > 0) {
    const reason =
      `${taken.join(", ")} would go, and with it the only copy of what is stored there alone. Put the pod, or the ` +
      "cluster.resourcePrefix that it was named with, back into the configuration: a pod that holds data can't be " +
      "taken out yet, for that needs its streams moved and its place in the meta group given up first";
    failures.push({ property: "servers", reason });
  }
  if (
    typeof olds.clusterName === "string" &&
    typeof news.clusterName === "string" &&
    olds.clusterName !== news.clusterName
  ) {
    const reason =
      `${JSON.stringify(news.clusterName)} would split the cluster ${JSON.stringify(olds.clusterName)}: servers of ` +
      "different names don't speak to each other. Put the old name back, or make a new stack for a new cluster";
    failures.push({ property: "clusterName", reason });
  }
  return failures;
}
