import { componentTypes, dockerTypes, natsTypes, providerTypes } from "../../model/resource-types.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import type { Topology } from "../../plan/topology.ts";
import type { Fate } from "./streams.ts";

/** https://www.pulumi.com/docs/iac/guides/migration/import/#bulk-import-operations */
interface Resource {
  readonly type: string;
  /** Of this file alone, and there unique. */
  readonly name: string;
  /** The resource's own name, where that is another one. */
  readonly logicalName?: string;
  readonly id?: string;
  readonly component?: true;
  readonly parent?: string;
  readonly provider?: string;
  readonly version?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

const root: Resource = {
  type: componentTypes.cluster,
  name: "cluster",
  logicalName: resourceNames.cluster.of(),
  component: true,
};

/** Providers for the import alone: pulumi makes providers before the components that ours stand below. */
const byHand = { nats: "nats-by-hand", docker: "docker-by-hand" } as const;

/**
 * What `pulumi import --file` reads, so that the first `up` finds what was made by hand in the state: streams, consumers
 * and networks. Servers are not in it: they have no TLS between them, so the first `up` creates all servers.
 * @param urls of the servers as they run now
 * @param networks ids of those that have the names of ours, by name
 */
export function importFile(
  topology: Pick<Topology, "hosts" | "pods" | "streams" | "consumers">,
  fates: readonly Fate[],
  urls: readonly string[],
  networks: ReadonlyMap<string, string>,
  dockerVersion: string,
): string {
  const resources = [
    root,
    {
      type: providerTypes.nats,
      name: byHand.nats,
      inputs: { servers: JSON.stringify(urls), clientTls: "off" },
    },
    ...streamsOf(topology, fates),
    ...networksOf(topology, networks, dockerVersion),
  ];
  return `${JSON.stringify({ resources }, null, 2)}\n`;
}

function streamsOf(topology: Pick<Topology, "streams" | "consumers">, fates: readonly Fate[]): Resource[] {
  const there = new Set(
    fates.filter(({ kind }) => kind !== "made" && kind !== "left").map(({ name }) => name),
  );
  return topology.streams
    .filter(({ name }) => there.has(name))
    .flatMap(({ name }): Resource[] => {
      const parent = `component ${name}`;
      const inside = { parent, provider: byHand.nats };
      const consumers = topology.consumers
        .filter((consumer) => consumer.stream === name)
        .map(resourceNames.consumer.of)
        .filter((id) => there.has(id));
      return [
        {
          type: componentTypes.stream,
          name: parent,
          logicalName: name,
          component: true,
          parent: root.name,
        },
        { type: natsTypes.stream, name: resourceNames.stream.of(name), id: name, ...inside },
        ...consumers.map((id) => ({ type: natsTypes.consumer, name: id, id, ...inside })),
      ];
    });
}

function networksOf(
  { hosts, pods }: Pick<Topology, "hosts" | "pods">,
  networks: ReadonlyMap<string, string>,
  version: string,
): Resource[] {
  if (networks.size === 0) return [];
  const inDocker = { provider: byHand.docker, version };
  const meshes = hosts.flatMap(({ id, meshNetwork = "" }): Resource[] => {
    const network = networks.get(meshNetwork);
    if (network === undefined) return [];
    return [
      {
        type: dockerTypes.network,
        name: resourceNames.meshNetwork.of(id),
        id: network,
        parent: root.name,
        ...inDocker,
      },
    ];
  });
  const own = pods.flatMap(({ id, networks: names }): Resource[] => {
    const network = networks.get(names?.pod ?? "");
    if (network === undefined) return [];
    const parent = `component pod ${id}`;
    return [
      { type: componentTypes.pod, name: parent, logicalName: id, component: true, parent: root.name },
      { type: dockerTypes.network, name: resourceNames.podNetwork.of(id), id: network, parent, ...inDocker },
    ];
  });
  return [{ type: providerTypes.docker, name: byHand.docker, version, inputs: {} }, ...meshes, ...own];
}
