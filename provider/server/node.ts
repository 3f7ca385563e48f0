import type { NatsConnection } from "nats";
import { NoAnswer } from "../../client/errors.ts";
import { servedCertificate } from "../../client/handshake.ts";
import { askServer } from "../../client/system.ts";
import { checkFields } from "../../model/contract/fields.ts";
import { type NodeInputs, type NodeState, nodeFields } from "../../model/contract/node.ts";
import { unknown } from "../../model/contract/properties.ts";
import { diffInputs } from "../../model/contract/server-fields.ts";
import { natsTypes } from "../../model/resource-types.ts";
import { type Context, neverImported, PartialFailure, type Resource } from "../resource.ts";
import { caughtUp, healthy } from "./in-step.ts";
import { refuseUntrusted, untrusting } from "./issuer.ts";
import { loadOverOutdated } from "./outdated.ts";
import { idOf, withServer } from "./own-server.ts";
import { proveServed, reloadWithProof } from "./proof.ts";

/**
 * `nats:server:Node`: one running server, and the proof that it runs with the files it was given.
 *
 * It makes nothing. It lets the server load its files and looks at what the server then serves. After a new container it
 * waits until the server has caught up. It uses the system account, on a connection to its own server, so it also works
 * when no other server answers.
 */
export const node: Resource<NodeInputs, NodeState> = {
  check(news) {
    const { inputs, failures } = checkFields(news, nodeFields);
    return { inputs, failures: failures.length > 0 ? failures : untrusting(inputs) };
  },
  diff(state, _oldInputs, news) {
    refuseUntrusted(state, news);
    return diffInputs(state, news, nodeFields);
  },
  preview: (inputs, state) => {
    const restarts = state?.containerId !== inputs.containerId;
    const renewed = state?.certificate !== inputs.certificate;
    return {
      ...inputs,
      version: (!restarts && state?.version) || unknown,
      servedSince: (!restarts && !renewed && state?.servedSince) || unknown,
    };
  },

  async create(inputs, context) {
    await loadOverOutdated(inputs, context);
    const found = await withServer(inputs, context, context.deadline, (connection) =>
      prove(connection, inputs, undefined, context),
    );
    return { id: inputs.serverName, state: { ...inputs, ...found } };
  },

  async update(id, known, inputs, context) {
    const restarted = known.containerId !== inputs.containerId;
    const deadline = restarted ? context.deadline : Math.min(context.deadline, Date.now() + patienceMs);
    try {
      await loadOverOutdated(inputs, context);
      const found = await withServer(inputs, context, deadline, async (connection) => {
        const proven = await prove(connection, inputs, known, { ...context, deadline });
        if (restarted) await caughtUp(connection, inputs.serverName, context);
        return proven;
      });
      return { ...inputs, ...found };
    } catch (error) {
      if (!restarted && error instanceof NoAnswer) return laterProven(known, context);
      // What was proven last stays in the state, so that the next update does and proves all of it again.
      throw new PartialFailure((error as Error).message, id, known);
    }
  },

  async read(id, inputs, state, context) {
    const known = neverImported(natsTypes.node, state);
    const port = context.cluster.port("cluster", known.clusterAddress);
    const served = await servedCertificate(port).catch((error: Error) => {
      context.warn(
        `${known.serverName} does not answer (${error.message}); the state keeps what was last known of it`,
      );
      return { fingerprint: known.certificate };
    });
    // It is unknown since when a certificate other than the last proven one is served.
    const servedSince = served.fingerprint === known.certificate ? known.servedSince : "";
    return { id, inputs: inputs ?? {}, state: { ...known, certificate: served.fingerprint, servedSince } };
  },

  async delete() {},
};

/** How long a server may take to answer when only its files changed. */
const patienceMs = 15_000;

/**
 * The server runs with JetStream and with the files that it was given. It loads them whatever the state says: after an
 * update that died between the container and this proof, no one knows what the server has read.
 */
async function prove(
  connection: NatsConnection,
  inputs: NodeInputs,
  known: NodeState | undefined,
  context: Context,
): Promise<{ version: string; servedSince: string }> {
  await healthy(connection, inputs.serverName, context, "js-enabled-only");
  const port = context.cluster.port("cluster", inputs.clusterAddress);
  const { fingerprint } = await servedCertificate(port);
  await reloadWithProof(connection, inputs.serverName);
  await proveServed(inputs, context.cluster);
  const { now, start, version } = await askServer(connection, idOf(connection), "VARZ");
  // Its files were there before its container, so every session of a new one was made with them.
  if (known !== undefined && known.containerId !== inputs.containerId) return { version, servedSince: start };
  // What was served before may come from an update that the state does not know.
  const isAsBefore = [known?.certificate, fingerprint].every((one) => one === inputs.certificate);
  return { version, servedSince: (isAsBefore && known?.servedSince) || now };
}

/**
 * The files are in the volume of a server that is down, and the server reads them when it starts: the other servers need
 * not wait. The state does not have the new files, so that the next update proves them.
 */
function laterProven(known: NodeState, context: Context): NodeState {
  context.warn(
    `${known.serverName} does not answer at ${known.url}. Its new files are ready, and it reads them when it starts. ` +
      "Start it (`docker start`, `docker logs`) and run `pulumi up` again: that update proves that it serves the new files",
  );
  return { ...known };
}
