import { askDocker } from "../../client/docker.ts";
import { ownLabels } from "../../model/labels.ts";
import { dockerTypes } from "../../model/resource-types.ts";
import { parseUrn } from "../../model/urn.ts";
import { roleOf } from "../../plan/container-roles.ts";
import type { Topology } from "../../plan/topology.ts";
import { Failure } from "../cli/command.ts";
import type { StateResource } from "../stack/stack.ts";

/** A container of the engine, as `docker container ls` lists it. */
export interface ListedContainer {
  readonly name: string;
  readonly running: boolean;
  /** A container of this program, of any clone. */
  readonly ours: boolean;
  readonly volumes: readonly string[];
}

/**
 * Whether the state has neither a server nor a loader. The state may be empty, or have what an adoption imported, or other
 * containers.
 */
export function hasNoServer(resources: readonly Pick<StateResource, "type" | "urn" | "inputs">[]): boolean {
  return resources
    .filter(({ type }) => type === dockerTypes.container)
    .every(({ urn, inputs }) => roleOf(parseUrn(urn).name, inputs).role === "container");
}

/**
 * Refuses the first update of a stack if its containers are there already, or if a container writes into its volumes.
 * (A host that is reached by SSH may have no engine yet; its survey looks at the ports instead.) Another clone of this
 * project made them, or a stack whose state was lost, or a person. This stack would fail half-way, or two servers would
 * write into one store.
 * @throws Failure with their names and what to do
 */
export async function refuseForeign(
  stack: string,
  topology: Topology,
  resources: readonly StateResource[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const found: ListedContainer[] = [];
  const networks: string[] = [];
  for (const host of topology.hosts.filter(({ remote }) => remote === undefined)) {
    const pods = topology.pods.filter((pod) => pod.hostId === host.id);
    const format = ["--no-trunc", "--format", listFormat];
    const { stdout } = await askDocker(host, ["container", "ls", "--all", ...format], env);
    const others = foreignContainers(stdout.split("\n").filter(Boolean).map(listed), resources);
    found.push(...inTheWay(others, pods));
    const listing = await askDocker(host, ["network", "ls", "--format", "{{.Name}}"], env);
    const ours = [host.meshNetwork, ...pods.map((pod) => pod.networks?.pod)];
    networks.push(...foreignNetworks(listing.stdout.split("\n"), ours, resources));
  }
  const said = refusal(stack, found, resources.length > 0) ?? refusalOfNetworks(stack, networks);
  if (said !== undefined) throw new Failure(said);
}

/** An engine lets two networks have one name, and then no container can be joined to it by that name. */
export function foreignNetworks(
  there: readonly string[],
  planned: readonly (string | undefined)[],
  resources: readonly Pick<StateResource, "type" | "outputs">[],
): string[] {
  const known = namesIn(resources, dockerTypes.network);
  return planned.flatMap((name) =>
    name !== undefined && there.includes(name) && !known.includes(name) ? [name] : [],
  );
}

/** A state without a server may have other containers. They do not disturb. */
export function foreignContainers(
  containers: readonly ListedContainer[],
  resources: readonly Pick<StateResource, "type" | "outputs">[],
): ListedContainer[] {
  const known = namesIn(resources, dockerTypes.container);
  return containers.filter(({ name }) => !known.includes(name));
}

/** Names on their engine. */
function namesIn(resources: readonly Pick<StateResource, "type" | "outputs">[], wanted: string): unknown[] {
  return resources.filter(({ type }) => type === wanted).map(({ outputs }) => outputs?.name);
}

/** @returns undefined: there are none */
export function refusalOfNetworks(stack: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  return (
    `The engine already has the networks ${names.join(", ")}, and this stack did not make them. Nothing was touched. ` +
    `Remove them if nothing is in them (\`docker network rm ${names.join(" ")}\`), or give this stack its own names with ` +
    `cluster.resourcePrefix. To take over a cluster that was made by hand, run \`npm run adopt -- ${stack}\`.`
  );
}

const labelsFormat = ownLabels.map((name) => `{{.Label "${name}"}}`).join("");
const listFormat = `{{.Names}}\t{{.State}}\t${labelsFormat}\t{{.Mounts}}`;

function listed(line: string): ListedContainer {
  const [name = "", state = "", labels = "", mounts = ""] = line.split("\t");
  return { name, running: state === "running", ours: labels !== "", volumes: mounts.split(",") };
}

/** Containers that have a pod's name, and containers of any name that run on its volume. */
export function inTheWay(
  containers: readonly ListedContainer[],
  pods: readonly { readonly serverName: string; readonly dataVolume: string }[],
): ListedContainer[] {
  return containers.filter(({ name, running, volumes }) =>
    pods.some(
      ({ serverName, dataVolume }) => name === serverName || (running && volumes.includes(dataVolume)),
    ),
  );
}

/** @param imported the state has what an adoption imported. @returns undefined: no container is in the way */
export function refusal(
  stack: string,
  found: readonly ListedContainer[],
  imported: boolean,
): string | undefined {
  if (found.length === 0) return undefined;
  const names = found.map(({ name }) => name).sort();
  const said = `The engine already has ${names.join(", ")}, and this stack did not make them: `;
  if (found.some(({ ours }) => ours)) {
    return (
      `${said}they belong to another clone of this project, or to a clone that lost its .state folder. Nothing was touched. ` +
      `Take those containers down first (\`npm run down\` in their clone, or \`docker rm --force ${names.join(" ")}\`; ` +
      "data volumes stay), or give this stack its own names and ports with cluster.resourcePrefix."
    );
  }
  const stopped = `\`docker stop ${names.join(" ")} && docker rm ${names.join(" ")}\``;
  return imported
    ? `${said}they were made by hand. Nothing was touched. This stack has adopted their data already. Stop and remove ` +
        `these containers now, with ${stopped} (volumes and networks stay), and run \`up\` again.`
    : `${said}they were made by hand. Nothing was touched. \`npm run adopt -- ${stack}\` takes their data over into this ` +
        "stack. Or give this stack its own names and ports with cluster.resourcePrefix.";
}
