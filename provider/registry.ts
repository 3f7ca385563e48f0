import type { Properties } from "../model/contract/properties.ts";
import { natsTypes } from "../model/resource-types.ts";
import { consumer } from "./consumer/consumer.ts";
import { mesh } from "./host/mesh.ts";
import { survey } from "./host/survey.ts";
import type { Resource } from "./resource.ts";
import { clusterGate } from "./server/cluster.ts";
import { look } from "./server/look.ts";
import { membership } from "./server/membership.ts";
import { node } from "./server/node.ts";
import { preflight } from "./server/preflight.ts";
import { stream } from "./stream/stream.ts";
import { renewal } from "./tls/renewal.ts";
import { trust } from "./tls/trust.ts";

/** A resource as the engine's protocol speaks of it: what its values are only the resource itself knows. */
export type AnyResource = Resource<Properties, Properties, Properties>;

/** Every resource of this plugin, by its type. */
export const resources: Readonly<Record<string, AnyResource>> = {
  [natsTypes.survey]: erased(survey),
  [natsTypes.mesh]: erased(mesh),
  [natsTypes.membership]: erased(membership),
  [natsTypes.node]: erased(node),
  [natsTypes.look]: erased(look),
  [natsTypes.preflight]: erased(preflight),
  [natsTypes.clusterGate]: erased(clusterGate),
  [natsTypes.renewal]: erased(renewal),
  [natsTypes.trust]: erased(trust),
  [natsTypes.stream]: erased(stream),
  [natsTypes.consumer]: erased(consumer),
};

/** The engine hands a resource only what its own `check`, `create` or `update` has let through. */
export function erased<Inputs, State, News>(resource: Resource<Inputs, State, News>): AnyResource {
  return resource as unknown as AnyResource;
}
