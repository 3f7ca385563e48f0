import { labelNames } from "../model/labels.ts";
import { resourceNames } from "./resource-names.ts";

/** The role of a container in the cluster. Most kinds have none. */
export type ContainerRole =
  | { readonly role: "server" | "loader"; readonly podId: string }
  | { readonly role: "container" };

/** Of a resource, in a state or in a step of the engine. */
type Inputs = Readonly<Record<string, unknown>> | undefined;

/**
 * A loader is recognized by its name, and a server by the label that only servers have. If the labels are not known, a
 * server is also recognized by its name.
 * @param name of the resource
 * @param inputs all that is known of it, the newest first
 */
export function roleOf(name: string, ...inputs: readonly Inputs[]): ContainerRole {
  const loaded = resourceNames.loader.parse(name);
  if (loaded !== undefined) return { role: "loader", podId: loaded };
  const served = resourceNames.server.parse(name);
  const labels = inputs.map(labelsIn).find((found) => found !== undefined);
  const isServer = labels?.includes(labelNames.restartDigest) ?? served !== undefined;
  return isServer ? { role: "server", podId: served ?? name } : { role: "container" };
}

/** Names of the labels; undefined: they are a secret, or not known yet. */
function labelsIn(inputs: Inputs): unknown[] | undefined {
  const labels = inputs?.labels;
  if (!Array.isArray(labels)) return undefined;
  return labels.map((one: { readonly label?: unknown } | null) => one?.label);
}
