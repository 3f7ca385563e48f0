import { type AnyResource, resources } from "../../provider/registry.ts";

/**
 * The plugin's resources as the engine speaks to them: plain values go in, and plain values come out. Their types stand
 * here once more, as every state has them.
 */
function named(type: string): AnyResource {
  const resource = resources[type];
  if (resource === undefined) throw new Error(`the plugin has no resource ${type}`);
  return resource;
}

export const survey = named("nats:host:Survey");
export const mesh = named("nats:host:Mesh");
export const membership = named("nats:server:Membership");
export const node = named("nats:server:Node");
export const look = named("nats:server:Look");
export const preflight = named("nats:server:Preflight");
export const clusterGate = named("nats:server:Cluster");
export const renewal = named("nats:tls:Renewal");
export const trust = named("nats:tls:Trust");
export const stream = named("nats:jetstream:Stream");
export const consumer = named("nats:jetstream:Consumer");
