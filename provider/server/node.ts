import type { NatsConnection } from "nats";
import { open } from "../../client/connection.ts";
import { servedCertificate } from "../../client/handshake.ts";
import { listStreams, streamFaults } from "../../client/streams.ts";
import { askServer, reload } from "../../client/system.ts";
import { until } from "../../client/until.ts";
import { checkFields, type Fields } from "../fields.ts";
import { isOfStack, markIn } from "../ownership.ts";
import { type Context, PartialFailure, type Resource } from "../resource.ts";
import { address, clientUrl, diffInputs, fingerprint, neverImported, present } from "./inputs.ts";

/**
 * `nats:server:Node`: one running server, and the proof that it runs with the files it was given.
 *
 * It makes nothing. It makes the server load its files and looks at what is then served; when the container changed it
 * waits until the new one has caught up. It speaks through the
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
    await withServer(inputs, context, (connection) => prove(connection, inputs, context));
    return { id: inputs.serverName, state: properties };
  },

  async update(id, state, news, context) {
    const inputs = news as unknown as NodeInputs;
    try {
      await withServer(inputs, context, async (connection) => {
        await prove(connection, inputs, context);
        if (state.containerId !== inputs.containerId) await caughtUp(connection, inputs, context);
      });
    } catch (error) {
      // What was proven last stays in the state, so that the next update does and proves all of it again.
      throw new PartialFailure((error as Error).message, id, state);
    }
    return news;
  },

  async read(id, inputs, state, context) {
    const known = neverImported("nats:server:Node", state) as unknown as NodeInputs;
    const served = await servedCertificate(socketAddress(known.clusterAddress)).catch((error: Error) => {
      context.warn(`${known.serverName} does not answer (${error.message}); its last known state is kept`);
      return { fingerprint: known.certificate };
    });
    return { id, inputs: inputs ?? {}, state: { ...known, certificate: served.fingerprint } };
  },

  async delete() {},
};

/** A connection of the system account to this very server. */
async function withServer(
  inputs: NodeInputs,
  context: Context,
  work: (connection: NatsConnection) => Promise<void>,
): Promise<void> {
  const seed = context.cluster.access.systemSeed;
  if (seed === undefined)
    throw new Error("the system account's seed is missing: give `systemSeed` to the provider");
  const connection = await open([inputs.url], seed, context.deadline, context.progress);
  try {
    const name = connection.info?.server_name;
    if (name !== inputs.serverName) {
      throw new Error(
        `${inputs.url} is answered by the server "${name}" instead of "${inputs.serverName}": ` +
          "another program holds the port; end it, or give the pod another clientPort",
      );
    }
    await work(connection);
  } finally {
    await connection.close();
  }
}

/** A server that restarts has another id, so it is asked for by what the connection says now. */
function idOf(connection: NatsConnection): string {
  return connection.info?.server_id ?? "";
}

/**
 * The server runs with JetStream and with the files that it was given. They are loaded whatever the state says: an
 * update that died between the container and this proof left nobody who knows what the server has read.
 */
async function prove(connection: NatsConnection, inputs: NodeInputs, context: Context): Promise<void> {
  await healthy(connection, inputs, context, "js-enabled-only", "is not healthy");
  await reloadWithProof(connection, inputs);
  const served = await servedCertificate(socketAddress(inputs.clusterAddress));
  if (served.fingerprint === inputs.certificate) return;
  throw new Error(
    `${inputs.serverName} serves another certificate on ${inputs.clusterAddress} than it was given ` +
      `(${served.fingerprint}, until ${served.expires.toISOString()}, instead of ${inputs.certificate}); run \`pulumi up\` again`,
  );
}

/** Reloads, and does not believe the answer alone: a reload that was taken moves the time of loading. */
async function reloadWithProof(connection: NatsConnection, inputs: NodeInputs): Promise<void> {
  const before = await askServer(connection, idOf(connection), "VARZ");
  try {
    await reload(connection, idOf(connection));
  } catch (error) {
    throw new Error(
      `${inputs.serverName} refused the new files and goes on with the old ones: ${(error as Error).message}. ` +
        "Mend what it names and run `pulumi up` again; do not restart the server before that",
    );
  }
  const after = await askServer(connection, idOf(connection), "VARZ");
  if (after.config_load_time === before.config_load_time) {
    throw new Error(
      `${inputs.serverName} answered the reload and did not load anything (still the files of ${before.config_load_time}); ` +
        "look at its log with `docker logs` and run `pulumi up` again",
    );
  }
}

/**
 * After a restart among others: in step with the meta group, and every copy of this stack's streams current, so that
 * the next server may go. Alone there is nobody to be in step with.
 */
async function caughtUp(connection: NatsConnection, inputs: NodeInputs, context: Context): Promise<void> {
  const routes = await askServer(connection, idOf(connection), "ROUTEZ").catch(() => ({ routes: undefined }));
  if (routes.routes?.length === 0) return;
  await healthy(connection, inputs, context, "js-meta-only", "has not caught up");
  await until(
    context.deadline,
    async () => {
      const faults = await faultsOfMarkedStreams(context);
      return faults.length === 0 ? { done: true } : { waitingFor: faults.join("; ") };
    },
    context.progress,
  );
}

async function faultsOfMarkedStreams(context: Context): Promise<string[]> {
  const options = { deadline: Math.min(context.deadline, Date.now() + 2_000) };
  try {
    const all = await listStreams(context.cluster, options);
    const ours = all.filter(({ metadata }) => {
      const mark = markIn(metadata);
      return mark !== undefined && isOfStack(mark, context);
    });
    return ours.flatMap(({ name, stream }) => streamFaults(name, stream));
  } catch (error) {
    return [(error as Error).message];
  }
}

/** A server that is too busy to answer is one that is not healthy yet. */
async function healthy(
  connection: NatsConnection,
  inputs: NodeInputs,
  context: Context,
  part: "js-enabled-only" | "js-meta-only",
  otherwise: string,
): Promise<void> {
  await until(
    context.deadline,
    async () => {
      const health = await askServer(connection, idOf(connection), "HEALTHZ", { [part]: true }).catch(
        (error: Error) => ({ status: "unavailable", error: error.message }),
      );
      return health.status === "ok"
        ? { done: true }
        : { waitingFor: `${inputs.serverName} ${otherwise}: ${health.error ?? health.status}` };
    },
    context.progress,
  );
}

function socketAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(":");
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
