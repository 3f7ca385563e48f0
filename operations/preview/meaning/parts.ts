import type { PartChange, PartKind, Verb } from "../changes.ts";
import { listed, type Sentence, says } from "./sentence.ts";

/** What happens to the rest: certificates, keys, hosts, the VPN, volumes. Checks change nothing in the cluster. */
export function partMeaning(changes: readonly PartChange[]): Sentence[] {
  const ids = (kind: PartKind, ...verbs: readonly Verb[]) =>
    changes.filter((change) => change.kind === kind && verbs.includes(change.verb)).map(({ id }) => id);
  const told = (found: readonly string[], tell: (who: string, many: boolean) => string): Sentence[] =>
    found.length === 0 ? [] : [says(tell(listed(found), found.length > 1))];
  return [
    ...told(ids("leaf", "created"), (who, many) => `${certificates(many)} of ${who} ${is(many)} issued.`),
    ...told(
      ids("leaf", "replaced"),
      (who, many) =>
        `${certificates(many)} of ${who} ${is(many)} renewed, with ${many ? "new keys" : "a new key"}.`,
    ),
    ...told(ids("leaf", "deleted"), (who, many) => `${certificates(many)} of ${who} ${is(many)} deleted.`),
    ...told(ids("authority", "created"), (who) => `CA ${who} is created.`),
    ...told(ids("authority", "changed", "replaced"), (who) => `CA ${who} changes its phase in the rotation.`),
    ...told(
      ids("authority", "deleted"),
      (who) => `CA ${who} is removed: servers refuse everyone who still has a certificate of it.`,
    ),
    ...told(ids("key", "created"), (who, many) => `${many ? "Keys are" : "A key is"} made: ${who}.`),
    ...told(
      ids("key", "replaced", "changed"),
      (who, many) => `${many ? "Keys change" : "A key changes"}: ${who}.`,
    ),
    ...containers(changes),
    ...told(ids("host", "created"), (who) => `Hosts are prepared: ${who}.`),
    ...told(
      ids("host", "changed", "replaced"),
      (who) => `A script changes hosts, and takes back a change that it can't confirm: ${who}.`,
    ),
    ...told(ids("host", "deleted"), (who) => `The preparation of hosts is taken back: ${who}.`),
    ...told(ids("vpn", "created"), (who, many) => `${who} ${many ? "join" : "joins"} the VPN.`),
    ...told(ids("vpn", "changed", "replaced"), (who) => `WireGuard changes on ${who}.`),
    ...told(ids("vpn", "deleted"), (who) => `WireGuard is taken down on ${who}.`),
    ...told(
      ids("volume", "deleted"),
      (who, many) =>
        `${many ? "Volumes leave" : "A volume leaves"} the stack: ${who}. Data volumes stay on their engine.`,
    ),
    ...told(
      ids("network", "replaced"),
      (who) => `${who} is recreated: the containers in it lose their connections.`,
    ),
    ...changes.flatMap(clientPort),
    ...changes.filter(({ kind }) => kind === "other").map(choice),
    ...told(
      ids("image", "changed", "replaced", "created"),
      (who) => `The servers' image is provided: ${who}.`,
    ),
  ];
}

/** Other containers than servers and loaders change nothing in the cluster. */
function containers(changes: readonly PartChange[]): Sentence[] {
  return (["created", "changed", "replaced", "deleted"] as const).flatMap((verb) => {
    const ids = changes.filter((change) => change.kind === "container" && change.verb === verb);
    if (ids.length === 0) return [];
    const who = listed(ids.map(({ id }) => id));
    return [says(`${ids.length > 1 ? "Containers are" : "A container is"} ${verb}: ${who}.`)];
  });
}

function certificates(many: boolean): string {
  return many ? "The certificates" : "The certificate";
}

function is(many: boolean): string {
  return many ? "are" : "is";
}

/** What applications have to do on the client port. */
function clientPort({ details }: PartChange): Sentence[] {
  const change = details.find(({ path }) => path === "clientTls");
  if (change === undefined) return [];
  return [
    says(
      `TLS on the client port goes from ${change.before ?? "off"} to ${change.after ?? "off"}: new connections need the new setting, and open connections stay.`,
    ),
  ];
}

/** Consents, waivers and similar choices change nothing now. They change what may be done later. */
function choice({ id, verb, details }: PartChange): Sentence {
  const values = details.map(
    ({ path, before, after }) => `${path} ${before ?? "(none)"} → ${after ?? "(none)"}`,
  );
  return says(`${id} is ${verb}${values.length === 0 ? "" : `: ${listed(values)}`}.`);
}
