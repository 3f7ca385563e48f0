import type { NatsConnection } from "nats";
import { open } from "../../client/connection.ts";
import { servedCertificate } from "../../client/handshake.ts";
import { askServer, reload } from "../../client/system.ts";
import { until } from "../../client/until.ts";
import { checkFields, type Fields } from "../fields.ts";
import { type Context, PartialFailure, type Resource } from "../resource.ts";
import { address, clientUrl, diffInputs, fingerprint, present } from "./inputs.ts";

/**
 * `nats:server:Node`: one running server, and the proof that it runs with the files it was given.
 *
 * It makes nothing. On create it waits for its server; when the files changed it makes the server load them and looks
 * at what is then served; when the container changed it waits until the new one has caught up. It speaks through the
 * system account, straight to its own server, so that it works when no other one answers.
 */
export interface NodeInputs {
  /** server_name, which must be what answers at `url`. */
  readonly serverName: string;
  /** The server's client URL. */
  readonly url: string;
  /** `host:port` of its cluster port. */
  readonly clusterAddress: string;
  /** Fingerprint of the certificate that the cluster port must serve. */
  readonly certificate: string;
  /** Changes when the container was replaced, for whatever reason. */
  readonly containerId: string;
  /** Changes when any file in the configuration volume did. */
  readonly filesDigest: string;
}

const fields: Fields<keyof NodeInputs> = {
  serverName: present,
  url: clientUrl,
  clusterAddress: address,
  certificate: fingerprint,
  containerId: present,
  filesDigest: present,
};

export const node: Resource = {
  check: (news) => checkFields(news, fields),
  diff: (state, _oldInputs, news) => diffInputs(state, news, fields),
  preview: (inputs) => inputs,

  async create(properties, context) {
    const inputs = properties as unknown as NodeInputs;
    await withServer(inputs, context, (connection, serverId) => prove(connection, serverId, inputs, context));
    return { id: inputs.serverName, state: properties };
  },

  async update(id, state, news, context) {
    const inputs = news as unknown as NodeInputs;
    const restarted = state.containerId !== inputs.containerId;
    try {
      await withServer(inputs, context, async (connection, serverId) => {
        if (!restarted && state.filesDigest !== inputs.filesDigest)
          await reloadWithProof(connection, serverId, inputs);
        await prove(connection, serverId, inputs, context);
        if (restarted) await caughtUp(connection, serverId, inputs, context);
      });
    } catch (error) {
      // What was proven last stays in the state, so that the next update does and proves all of it again.
      throw new PartialFailure((error as Error).message, id, state);
    }
    return news;
  },

  async read(id, inputs, state, context) {
    if (state === undefined)
      throw new Error("nats:server:Node can't be imported; it makes nothing, so let `pulumi up` create it");
    const known = state as unknown as NodeInputs;
    const served = await servedCertificate(socketAddress(known.clusterAddress), "cluster").catch(
      (error: Error) => {
        context.warn(`${known.serverName} does not answer (${error.message}); its last known state is kept`);
        return { fingerprint: known.certificate };
      },
    );
    return { id, inputs: inputs ?? {}, state: { ...state, certificate: served.fingerprint } };
  },

  async delete() {},
};

/** A connection of the system account to this very server. */
async function withServer(
  inputs: NodeInputs,
  context: Context,
  work: (connection: NatsConnection, serverId: string) => Promise<void>,
): Promise<void> {
  const seed = context.cluster.access.systemSeed;
  if (seed === undefined)
    throw new Error("the system account's seed is missing: give `systemSeed` to the provider");
  const connection = await open([inputs.url], seed, context.deadline, context.progress);
  try {
    const info = connection.info;
    if (info?.server_name !== inputs.serverName) {
      throw new Error(
        `${inputs.url} is answered by the server "${info?.server_name}" instead of "${inputs.serverName}": ` +
          "another program holds the port; end it, or give the pod another clientPort",
      );
    }
    await work(connection, info.server_id);
  } finally {
    await connection.close();
  }
}

/** Reloads, and does not believe the answer alone: a reload that was taken moves the time of loading. */
async function reloadWithProof(
  connection: NatsConnection,
  serverId: string,
  inputs: NodeInputs,
): Promise<void> {
  const before = await askServer(connection, serverId, "VARZ");
  try {
    await reload(connection, serverId);
  } catch (error) {
    throw new Error(
      `${inputs.serverName} refused the new files and goes on with the old ones: ${(error as Error).message}. ` +
        "Mend what it names and run `pulumi up` again; do not restart the server before that",
    );
  }
  const after = await askServer(connection, serverId, "VARZ");
  if (after.config_load_time === before.config_load_time) {
    throw new Error(
      `${inputs.serverName} answered the reload and did not load anything (still the files of ${before.config_load_time}); ` +
        "look at its log with `docker logs` and run `pulumi up` again",
    );
  }
}

/** The server is up with JetStream, and its cluster port serves the certificate that it was given. */
async function prove(
  connection: NatsConnection,
  serverId: string,
  inputs: NodeInputs,
  context: Context,
): Promise<void> {
  await until(
    context.deadline,
    async () => {
      const health = await healthOf(connection, serverId, "js-server-only");
      return health.status === "ok"
        ? { done: true }
        : { waitingFor: `${inputs.serverName} is not healthy: ${health.error ?? health.status}` };
    },
    context.progress,
  );
  const served = await servedCertificate(socketAddress(inputs.clusterAddress), "cluster");
  if (served.fingerprint === inputs.certificate) return;
  throw new Error(
    `${inputs.serverName} serves another certificate on ${inputs.clusterAddress} than it was given ` +
      `(${served.fingerprint}, until ${served.expires.toISOString()}, instead of ${inputs.certificate}); run \`pulumi up\` again`,
  );
}

/** After a restart among others: in step with the meta group again. Alone there is nobody to be in step with. */
async function caughtUp(
  connection: NatsConnection,
  serverId: string,
  inputs: NodeInputs,
  context: Context,
): Promise<void> {
  await until(
    context.deadline,
    async () => {
      const { routes = [] } = await askServer(connection, serverId, "ROUTEZ");
      if (routes.length === 0) return { done: true };
      const health = await healthOf(connection, serverId, "js-meta-only");
      return health.status === "ok"
        ? { done: true }
        : { waitingFor: `${inputs.serverName} has not caught up: ${health.error ?? health.status}` };
    },
    context.progress,
  );
}

/** A server that is too busy to answer is one that is not healthy yet. */
async function healthOf(
  connection: NatsConnection,
  serverId: string,
  part: "js-server-only" | "js-meta-only",
) {
  return askServer(connection, serverId, "HEALTHZ", { [part]: true }).catch((error: Error) => ({
    status: "unavailable",
    error: error.message,
  }));
}

function socketAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(":");
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
