import { files } from "../render/files.ts";
import { renderConf } from "../render/nats-conf.ts";
import { bare, mapsIn } from "./plain.ts";
import { isProductionLike, type Rule } from "./rule.ts";

/** Stands for the real key, which is not known before the first update. No rule looks at it. */
const anyPublicKey = `U${"A".repeat(55)}`;

export const tls: Rule = {
  name: "tls",
  promise:
    "Servers use TLS between each other and check each other's certificates. If hosts are entered by SSH, servers also " +
    "use TLS to clients.",
  reason:
    "Everyone who can reach a route without TLS can join the cluster and read everything. Between hosts, a client's " +
    "messages cross foreign networks.",
  fix: "Set tls.clients to on or required, and keep the TLS of routes as plan/render/nats-conf.ts writes it",
  late: true,
  inPlan: ({ topology }) =>
    topology.pods.flatMap((pod) =>
      faultsOf(renderConf(pod, topology.cluster, anyPublicKey), pod.serverName, isProductionLike(topology)),
    ),
  inResource: ({ name, inputs }, { topology }) =>
    mapsIn(inputs.uploads).flatMap(({ file, content }) => {
      const text = bare(content);
      if (bare(file) !== files.conf || typeof text !== "string") return [];
      return faultsOf(text, name, isProductionLike(topology));
    }),
};

/** @param conf as `renderConf` writes it: a section to each key, two spaces to each depth */
function faultsOf(conf: string, whose: string, clientsToo: boolean): string[] {
  const routes = sectionOf(sectionOf(conf, "cluster", ""), "tls", "  ");
  const clients = sectionOf(conf, "tls", "");
  return [
    ...(/^ *verify: true$/m.test(routes)
      ? []
      : [`${whose}: the routes in nats.conf ${routes === "" ? "have no TLS" : "ask for no certificate"}`]),
    ...(clientsToo && clients === "" ? [`${whose}: the client port in nats.conf has no TLS`] : []),
  ];
}

/** What stands between the braces; empty where there is no such section. */
function sectionOf(conf: string, key: string, indent: string): string {
  return new RegExp(`^${indent}${key}: \\{\\n([\\s\\S]*?)^${indent}\\}`, "m").exec(conf)?.[1] ?? "";
}
