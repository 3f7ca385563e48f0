import { dirname } from "node:path";
import { usualNames } from "../../plan/pod-names.ts";
import { imageOfVersion } from "./image.ts";
import { dialled, type SeenServer } from "./monitor.ts";

/** What the configuration gets about a hand-made cluster's servers. */
export interface HandMadeCluster {
  readonly name: string;
  readonly image: string;
  readonly resourcePrefix: string;
  readonly systemAccount: string;
  readonly maxPayloadBytes: number;
  /** By id. */
  readonly pods: readonly HandMadePod[];
}

export interface HandMadePod {
  readonly id: string;
  readonly clientPort: number;
  readonly clusterPort: number;
  readonly monitorPort: number;
  readonly dataVolume: string;
  readonly serverName: string;
  /** `nats://127.0.0.1:4222`, as it is reached from this machine. */
  readonly url: string;
}

/** The cluster, or why the running servers can't be adopted. */
export type Judged = { readonly cluster: HandMadeCluster } | { readonly faults: readonly string[] };

const idForm = /^[a-z][a-z0-9-]{0,15}$/;
const prefixForm = /^([a-z][a-z0-9-]{0,29})?$/;

/**
 * @param named pod ids by container, where a person named them; empty: the servers' names have them
 */
export function judge(servers: readonly SeenServer[], named: ReadonlyMap<string, string>): Judged {
  const { ids, resourcePrefix, faults: nameless } = idsOf(servers, named);
  const faults = [
    ...nameless,
    ...oneOf("cluster name", servers, ({ varz }) => varz.cluster?.name ?? "none"),
    ...oneOf("version", servers, ({ varz }) => varz.version),
    ...oneOf("system account", servers, ({ varz }) => varz.system_account ?? "none"),
    ...servers.flatMap(faultsOf),
    ...countFaults(servers),
  ];
  const [first] = servers;
  if (faults.length > 0 || first === undefined) return { faults };
  const { varz, container } = first;
  return {
    cluster: {
      name: varz.cluster?.name ?? "",
      image: imageOfVersion(container.image, varz.version),
      resourcePrefix,
      systemAccount: varz.system_account ?? "",
      maxPayloadBytes: Math.max(...servers.map((server) => server.varz.max_payload)),
      pods: servers
        .map((server) => podOf(server, ids.get(server.container.name) ?? ""))
        .sort((left, right) => (left.id < right.id ? -1 : 1)),
    },
  };
}

function podOf(server: SeenServer, id: string): HandMadePod {
  const { varz } = server;
  const client = portOf(server, varz.port);
  return {
    id,
    clientPort: client?.outside ?? 0,
    clusterPort: portOf(server, varz.cluster?.cluster_port ?? 0)?.outside ?? 0,
    monitorPort: portOf(server, varz.http_port)?.outside ?? 0,
    dataVolume: volumeOf(server) ?? "",
    serverName: varz.server_name,
    url: client === undefined ? "" : `nats://${dialled(client)}:${client.outside}`,
  };
}

function portOf({ container }: SeenServer, inside: number) {
  return container.ports.find((port) => port.inside === inside && !port.address.includes(":"));
}

/** JetStream makes the folder `jetstream` in the one that it is given, and so does a server of this program. */
function volumeOf({ container, varz }: SeenServer): string | undefined {
  const folder = dirname(varz.jetstream?.config?.store_dir ?? "");
  return container.mounts.find(({ type, destination }) => type === "volume" && destination === folder)?.name;
}

function idsOf(servers: readonly SeenServer[], named: ReadonlyMap<string, string>) {
  const usual = servers.map(({ varz }) => usualNames.server.parse(varz.server_name));
  const prefixes = new Set(usual.map((name) => name?.resourcePrefix));
  const [only = ""] = prefixes.size === 1 ? prefixes : [];
  const resourcePrefix = prefixForm.test(only) ? only : "";
  const ids = new Map<string, string>();
  const faults: string[] = [];
  for (const [index, { container }] of servers.entries()) {
    const id = named.get(container.name) ?? (prefixes.size === 1 ? usual[index]?.id : undefined);
    if (id === undefined || !idForm.test(id)) {
      faults.push(
        `the name of ${container.name} does not show its pod: name the pod of every container, as in ` +
          `--pods dk=${container.name},…`,
      );
    } else if ([...ids.values()].includes(id)) {
      faults.push(`${container.name} would be a second pod ${id}: give each server its own pod with --pods`);
    } else ids.set(container.name, id);
  }
  return { ids, resourcePrefix, faults };
}

function oneOf(what: string, servers: readonly SeenServer[], read: (server: SeenServer) => string): string[] {
  const values = new Set(servers.map(read));
  if (values.size < 2) return [];
  const told = servers.map((server) => `${server.container.name} ${read(server)}`).sort();
  return [
    `the servers have more than one ${what} (${told.join(", ")}): name the containers of one cluster with --pods`,
  ];
}

function faultsOf(server: SeenServer): string[] {
  const { container, varz, accounts } = server;
  const foreign = (accounts ?? []).map(({ name }) => name).filter((name) => name !== "$G");
  const store = varz.jetstream?.config?.store_dir;
  const account = varz.system_account ?? "none";
  const faults = [
    varz.cluster?.name === undefined || varz.cluster.cluster_port === undefined ? "is in no cluster" : "",
    store === undefined ? "has no JetStream" : "",
    varz.auth_required ? "requires a login of clients, and this program does not support logins yet" : "",
    varz.tls_required
      ? "requires TLS of clients, with certificates of a CA that this program does not have"
      : "",
    store !== undefined && accounts === undefined
      ? "did not report all its streams at its monitoring endpoint (/jsz), so streams in memory may be missing: " +
        "run `adopt` again"
      : "",
    foreign.length > 0
      ? `has streams of the accounts ${foreign.join(", ")}, and this program supports only the account $G`
      : "",
    ["SYS", "$SYS"].includes(account) ? "" : `has the system account ${account}; allowed are SYS and $SYS`,
    varz.jetstream?.config?.domain
      ? `has the JetStream domain ${varz.jetstream.config.domain}, and this program supports no domain`
      : "",
    store !== undefined && volumeOf(server) === undefined
      ? `keeps its streams in ${store}, and no volume is mounted at ${dirname(store)}`
      : "",
    portOf(server, varz.port) === undefined ? `does not publish its client port ${varz.port}` : "",
    portOf(server, varz.cluster?.cluster_port ?? 0) === undefined
      ? `does not publish its cluster port ${varz.cluster?.cluster_port ?? ""}, and a pod needs one`
      : "",
  ];
  return faults.filter((fault) => fault !== "").map((fault) => `${container.name} ${fault}`);
}

function countFaults(servers: readonly SeenServer[]): string[] {
  const most = Math.max(0, ...servers.map(({ clusterSize }) => clusterSize));
  if (servers.length < 2) return ["one server alone is not a cluster: at least two servers have to run"];
  if (most === servers.length) return [];
  const names = servers.map(({ container }) => container.name).join(", ");
  return [
    `the cluster has ${most} servers, and ${servers.length} of them run on this engine (${names}): start the other servers. ` +
      "If a server is gone permanently, remove it from the cluster with `nats server cluster peer-remove`",
  ];
}

/** What an application may notice after the adoption. */
export function notesOn(servers: readonly SeenServer[], cluster: HandMadeCluster): string[] {
  return servers.flatMap(({ container, varz }) => {
    const pod = cluster.pods.find(({ serverName }) => serverName === varz.server_name);
    const open = [...new Set(container.ports.map(({ address }) => address))].filter(
      (one) => one !== "127.0.0.1",
    );
    const others = new Set(Object.values(container.networks).flat());
    const aliases = [...others]
      .filter((name) => name !== varz.server_name && !/^[0-9a-f]{12}$/.test(name))
      .sort();
    const file = container.command.find(
      (word, index, all) => /^--?(c|config)$/.test(all[index - 1] ?? "") && word,
    );
    const features = [
      varz.gateway?.name && "a gateway",
      varz.leaf?.port && "leaf nodes",
      varz.mqtt?.port && "MQTT",
      varz.websocket?.port && "WebSocket",
    ].filter(Boolean);
    return [
      open.length > 0
        ? `${container.name} is published on ${open.join(", ")}; the pod ${pod?.id} will be published on ` +
          "hosts.local.publishAddress, default 127.0.0.1. For clients on other machines write hosts: { local: { publishAddress: ADDRESS } } " +
          "and cluster: { acceptAnonymousRemoteClients: true }"
        : "",
      aliases.length > 0
        ? `clients in the networks of ${container.name} also use the names ${aliases.join(", ")}; the pod's server will have ` +
          `only the name ${varz.server_name}`
        : "",
      file ? `${container.name} has a file ${file}: other settings of that file are not taken over` : "",
      features.length > 0
        ? `${container.name} serves ${features.join(", ")}; this program does not support that`
        : "",
    ].filter((note) => note !== "");
  });
}
