import { consumerName } from "../../model/jetstream/names.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import type { Change, PartChange } from "./changes.ts";
import { certificateChanges } from "./compare/certificates.ts";
import { anew, hostChanges, networkChange, part, propertyChange } from "./compare/hosts.ts";
import { type Pair, pairsOf } from "./compare/pairs.ts";
import { serverChange } from "./compare/servers.ts";
import { consumerChange, streamChange } from "./compare/streams.ts";
import type { ServerDocument } from "./document/servers.ts";
import type { PlanDocument } from "./document.ts";
import { byWhatAndId } from "./order.ts";

/**
 * The changes from one plan to another, with the words and names of the engine's own steps.
 * @param before undefined: there was nothing, and everything is new
 */
export function compare(before: PlanDocument | undefined, after: PlanDocument): Change[] {
  const servers = pairsOf(before?.servers ?? [], after.servers, ({ podId }) => podId);
  const hosts = pairsOf(before?.hosts ?? [], after.hosts, ({ id }) => id);
  const streams = pairsOf(before?.streams ?? [], after.streams, ({ name }) => name).flatMap(streamChange);
  const replaced = new Set(streams.filter(({ verb }) => verb === "replaced").map(({ id }) => id));
  const consumers = pairsOf(before?.consumers ?? [], after.consumers, consumerName.of);
  return [
    ...servers.flatMap(serverChange),
    ...streams,
    ...consumers.flatMap((pair) => consumerChange(pair, replaced)),
    ...servers.flatMap(surroundings),
    ...hosts.flatMap(hostChanges),
    ...certificateChanges(before, after),
    ...keyChanges(before, after),
    ...choices(before, after),
    ...waiverChanges(before, after),
  ].sort(byWhatAndId);
}

/** A pod's network and volumes. */
function surroundings({ id, before, after }: Pair<ServerDocument>): PartChange[] {
  if (after?.leftOut === true) return [];
  const data = (server: ServerDocument | undefined) =>
    server && { name: server.dataVolume, hostId: server.hostId };
  const configuration = (server: ServerDocument | undefined) =>
    server && { name: server.configurationVolume, hostId: server.hostId };
  return [
    ...networkChange({
      id: resourceNames.podNetwork.of(id),
      before: before?.podNetwork,
      after: after?.podNetwork,
    }),
    ...anew(
      propertyChange(
        "volume",
        { id: resourceNames.dataVolume.of(id), before: data(before), after: data(after) },
        [],
      ),
    ),
    ...anew(
      propertyChange(
        "volume",
        {
          id: resourceNames.configurationVolume.of(id),
          before: configuration(before),
          after: configuration(after),
        },
        [],
      ),
    ),
  ];
}

function keyChanges(before: PlanDocument | undefined, after: PlanDocument): PartChange[] {
  const keys = pairsOf(before?.keys ?? [], after.keys, (name) => name);
  const entriesOf = (plan: PlanDocument | undefined) => Object.entries(plan?.secrets ?? {});
  const secrets = pairsOf(entriesOf(before), entriesOf(after), ([path]) => path);
  return [
    ...keys.flatMap(({ id, ...key }) => {
      if (key.before !== undefined && key.after !== undefined) return [];
      return [part("key", id, key.before === undefined ? "created" : "deleted")];
    }),
    ...secrets.flatMap(({ id: path, ...secret }) => {
      if (secret.before === undefined || secret.after === undefined) return [];
      if (secret.before[1] === secret.after[1]) return [];
      const detail = {
        path,
        before: "(secret)",
        after: "(another secret, or the same secret encrypted again)",
      };
      return [part(path.startsWith("tls.") ? "key" : "other", path, "changed", [detail])];
    }),
  ];
}

/** Settings that change nothing now. They decide how the next changes are made. */
function choices(before: PlanDocument | undefined, after: PlanDocument): PartChange[] {
  if (before === undefined) return [];
  const consent = ({ cluster }: PlanDocument) => ({
    allowDowngrade: cluster.allowDowngrade,
    acceptAnonymousRemoteClients: cluster.acceptAnonymousRemoteClients,
  });
  const port = ({ cluster: { clientTls } }: PlanDocument) => ({ clientTls });
  const rollout = ({ rollout: { mode, order, skip } }: PlanDocument) => {
    const [alphabetical] = [...order].sort();
    return { mode, first: order[0] === alphabetical ? undefined : order[0], skip };
  };
  return [
    ...propertyChange("other", { id: "rollout", before: rollout(before), after: rollout(after) }, []),
    ...propertyChange(
      "provider",
      { id: resourceNames.natsProvider.of(), before: port(before), after: port(after) },
      [],
    ),
    ...propertyChange("other", { id: "consent", before: consent(before), after: consent(after) }, []),
  ];
}

/** A reviewer sees each waiver, with its reason. */
function waiverChanges(before: PlanDocument | undefined, after: PlanDocument): PartChange[] {
  const entriesOf = (plan: PlanDocument | undefined) => Object.entries(plan?.waivers ?? {});
  return pairsOf(entriesOf(before), entriesOf(after), ([rule]) => rule).flatMap((pair) => {
    const [from, to] = [pair.before?.[1], pair.after?.[1]];
    if (from === to) return [];
    const verb = from === undefined ? "created" : to === undefined ? "deleted" : "changed";
    return [part("other", `policy.waive.${pair.id}`, verb, [{ path: "reason", before: from, after: to }])];
  });
}
