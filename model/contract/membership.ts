import { checkFields, type Fields, text } from "./fields.ts";
import { type CheckFailure, type Properties, unknown, type WithLater } from "./properties.ts";
import { present, texts, textsOf } from "./server-fields.ts";

/** Inputs of `nats:server:Membership`. */
export interface MembershipInputs {
  readonly clusterName: string;
  /** server_name of every configured server. */
  readonly servers: readonly string[];
  /** What is on the servers' disks goes by its name, so the state has to know it. */
  readonly systemAccount: string;
}

/** State of `nats:server:Membership`. */
export type MembershipState = WithLater<MembershipInputs, "systemAccount">;

/** That of every stack which does not say; older programs did not write it down. */
export const usualAccount = "SYS";

export const membershipFields: Fields<keyof MembershipInputs> = {
  clusterName: present,
  servers: texts("server names", 1),
  systemAccount: text(255, usualAccount),
};

/** Every fault of the inputs, and what no update may do to a cluster that is there. */
export function checkMembership(news: Properties, olds: Properties | undefined) {
  const { inputs, failures } = checkFields(news, membershipFields);
  return { inputs, failures: [...failures, ...promises(olds ?? {}, news)] };
}

/** What no update may do to a cluster that is there. A preview refuses it. */
function promises(olds: Properties, news: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const taken = textsOf(olds.servers).filter((name) => !textsOf(news.servers).includes(name));
  if (Array.isArray(news.servers) && !news.servers.includes(unknown) && taken.length > 0) {
    const reason =
      `${taken.join(", ")} would be deleted, with the only copy of what is stored there alone. Put the pod back into the ` +
      "configuration, or set cluster.resourcePrefix back to its old value. A pod that holds data can't be removed yet, " +
      "because its streams would have to move first, and its server would have to leave the meta group";
    failures.push({ property: "servers", reason });
  }
  if (
    typeof olds.clusterName === "string" &&
    typeof news.clusterName === "string" &&
    olds.clusterName !== news.clusterName
  ) {
    const reason =
      `${JSON.stringify(news.clusterName)} would split the cluster ${JSON.stringify(olds.clusterName)}: servers of ` +
      "different names don't connect to each other. Put the old name back, or create a new stack for a new cluster";
    failures.push({ property: "clusterName", reason });
  }
  return failures;
}
