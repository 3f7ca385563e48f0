import { formatSize } from "../../model/units.ts";
import { table } from "../cli/table.ts";
import type { LiveStream } from "./live.ts";
import type { SeenServer } from "./monitor.ts";
import type { HandMadeCluster } from "./pods.ts";
import type { Fate, ToldDifference } from "./streams.ts";
import { age, count, size } from "./words.ts";

/** What runs, server by server. */
export function serversScreen(servers: readonly SeenServer[], cluster: HandMadeCluster): string {
  const rows = cluster.pods.map((pod) => {
    const seen = servers.find(({ varz }) => varz.server_name === pod.serverName);
    return [
      pod.id,
      seen?.container.name ?? "",
      pod.serverName,
      `${pod.clientPort}, ${pod.clusterPort}, ${pod.monitorPort}`,
      pod.dataVolume,
      Object.keys(seen?.container.networks ?? {})
        .sort()
        .join(", "),
      formatSize(seen?.varz.max_payload ?? 0),
    ];
  });
  const heading = ["POD", "CONTAINER", "SERVER NAME", "PORTS", "DATA VOLUME", "NETWORKS", "MAX PAYLOAD"];
  const version = servers[0]?.varz.version ?? "";
  return (
    `${cluster.name}, nats-server ${version}, system account ${cluster.systemAccount}\n\n` +
    table([heading, ...rows])
  );
}

/** What happens to every stream and consumer. */
export function streamsScreen(
  fates: readonly Fate[],
  live: readonly LiveStream[],
  cluster: HandMadeCluster,
): string {
  const [found, made] = [
    fates.filter(({ kind }) => kind !== "made"),
    fates.filter(({ kind }) => kind === "made"),
  ];
  const lines = found.flatMap((fate) => [
    `${fate.name}${holds(fate.name, live)}: ${verdict(fate)}`,
    ...fate.differences.map((one) => `    ${told(one, fate.name, live, cluster)}`),
  ]);
  return [...lines, ...made.map(({ name }) => `${name}: does not exist; the first \`up\` creates it`)].join(
    "\n",
  );
}

function holds(name: string, live: readonly LiveStream[]): string {
  const state = live.find(({ info }) => info.config.name === name)?.info.state;
  return state === undefined ? "" : ` (${messages(state.messages)})`;
}

function messages(number: number): string {
  return `${number} ${number === 1 ? "message" : "messages"}`;
}

function verdict({ kind, differences, reason }: Fate): string {
  if (kind === "left") return `stays as it is, and does not become part of the stack: ${reason}`;
  if (kind === "written")
    return "is not in the configuration; its settings are written into the configuration";
  return differences.length === 0 ? "same as in the configuration" : "differs from the configuration";
}

function told(
  { property, live: from, wanted: to, kept }: ToldDifference,
  name: string,
  live: readonly LiveStream[],
  cluster: HandMadeCluster,
): string {
  if (property === "placementTags") return placed(to, name, live, cluster);
  const values = `${words(property, from)}, in the configuration ${words(property, to)}`;
  const then =
    kept === undefined ? "the first `up` changes it in place" : `kept in the configuration, because ${kept}`;
  return `${keyOf(property)}: ${values}; ${then}`;
}

/** The key of a property in the configuration. */
function keyOf(property: string): string {
  if (property === "filterSubjects") return "filters";
  return property.replace(/(?<=Age|Size|Window|Wait)(Seconds|Bytes)$/, "");
}

function placed(to: unknown, name: string, live: readonly LiveStream[], cluster: HandMadeCluster): string {
  const info = live.find((one) => one.info.config.name === name)?.info;
  const podOf = (server: string | undefined) =>
    cluster.pods.find(({ serverName }) => serverName === server)?.id;
  const from = podOf(info?.cluster?.leader);
  const tag = Array.isArray(to) ? String(to[0] ?? "") : "";
  const pod = tag.replace(/^pod:/, "");
  if (pod === "") return "placement: bound to some servers; the first `up` removes that, and nothing moves";
  return from === pod
    ? `placement: on the pod ${pod}; the first \`up\` binds the stream to that pod`
    : `placement: on the pod ${from ?? "?"}; the first \`up\` moves the stream to ${pod}, with its ${messages(info?.state.messages ?? 0)}`;
}

function words(property: string, value: unknown): string {
  if (typeof value === "number") {
    if (/Seconds$/.test(property)) return age(value);
    if (/Bytes$/.test(property)) return size(value);
    return String(count(value));
  }
  if (!Array.isArray(value)) return value === "" ? "nothing" : String(value);
  return value.length === 0 ? "all" : value.join(", ");
}

/**
 * What to run next, in order.
 * @param lost streams in memory that are lost: `CACHE with 50 messages`; undefined: none
 */
export function nextCommands(
  stack: string,
  importFile: string,
  servers: readonly SeenServer[],
  lost?: string,
): string {
  const containers = servers
    .map(({ container }) => container.name)
    .sort()
    .join(" ");
  return [
    "Nothing was changed on the servers. Run these commands, one after the other:",
    "",
    "  1. import streams, consumers and networks into the state; the servers go on:",
    `     npm run pulumi -- import --file ${importFile} --stack ${stack} --yes --skip-preview --generate-code=false`,
    "  2. stop the servers; clients wait until step 3. Volumes and networks stay:",
    ...(lost === undefined ? [] : [`     streams in memory are lost: ${lost}`]),
    `     docker stop ${containers} && docker rm ${containers}`,
    "  3. start the servers again, as pods of this stack:",
    `     npm run up -- ${stack}`,
    "",
    "docs/adoption.md describes each step, and how to go back.",
  ].join("\n");
}
