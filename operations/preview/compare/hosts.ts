import { resourceNames } from "../../../plan/resource-names.ts";
import type { Detail, PartChange, PartKind, Verb } from "../changes.ts";
import type { HostDocument, HostVpnDocument, ScriptDocument } from "../document/hosts.ts";
import { lineDetails } from "../lines.ts";
import { fieldDetails } from "./fields.ts";
import { type Pair, pairsOf } from "./pairs.ts";

/** What is done on one host before there is a server, by the names of what does it. */
export function hostChanges({ id, before, after }: Pair<HostDocument>): PartChange[] {
  if (after?.leftOut === true) return [];
  const access = fieldDetails({ ssh: before?.ssh ?? {} }, { ssh: after?.ssh ?? {} });
  const scripts = pairsOf(entries(before), entries(after), ([name]) => name);
  const engine = (host: HostDocument | undefined) => host && { host: host.dockerUrl };
  const image = (host: HostDocument | undefined) => host && { name: host.image };
  return [
    ...scripts.flatMap((pair) => scriptChange(pair, access)),
    ...vpnChange({ id, before: before?.vpn, after: after?.vpn }, access),
    ...propertyChange(
      "provider",
      { id: resourceNames.engine.of(id), before: engine(before), after: engine(after) },
      access,
    ),
    ...anew(
      propertyChange(
        "image",
        { id: resourceNames.image.of(id), before: image(before), after: image(after) },
        [],
      ),
    ),
    ...networkChange({
      id: resourceNames.meshNetwork.of(id),
      before: before?.meshNetwork,
      after: after?.meshNetwork,
    }),
  ];
}

/** Under another name, or in another place, it is another one. */
export function anew(changes: readonly PartChange[]): PartChange[] {
  return changes.map((change) => (change.verb === "changed" ? { ...change, verb: "replaced" } : change));
}

/** Empty or undefined: there is none. */
export function networkChange({ id, before, after }: Pair<string>): PartChange[] {
  const named = (name: string | undefined) => (name === undefined || name === "" ? undefined : { name });
  return anew(propertyChange("network", { id, before: named(before), after: named(after) }, []));
}

function entries(host: HostDocument | undefined): (readonly [string, ScriptDocument])[] {
  return Object.entries(host?.scripts ?? {});
}

/** @param access how the host is reached from now on: every script goes that way */
function scriptChange(
  { id, before, after }: Pair<readonly [string, ScriptDocument]>,
  access: readonly Detail[],
): PartChange[] {
  const [[, from], [, to]] = [before ?? [id, undefined], after ?? [id, undefined]];
  if (from === undefined || to === undefined) return [part("host", id, wayOf(from, to))];
  const lines = to.file === "" ? [] : lineDetails(to.file, from.text, to.text);
  const told = [...access, ...lines];
  if (from.digest === to.digest && told.length === 0) return [];
  const script = fieldDetails({ script: from.digest }, { script: to.digest });
  return [part("host", id, "changed", told.length > 0 ? told : script)];
}

function vpnChange({ id, before, after }: Pair<HostVpnDocument>, access: readonly Detail[]): PartChange[] {
  if (before === undefined || after === undefined)
    return before === after ? [] : [part("vpn", id, wayOf(before, after))];
  const { conf: from, ...rest } = before;
  const { conf: to, ...others } = after;
  const details = [...access, ...lineDetails("wg0.conf", from, to), ...fieldDetails(rest, others)];
  if (details.length === 0) return [];
  return [part("vpn", id, before.interfaceName === after.interfaceName ? "changed" : "replaced", details)];
}

/** Something of which a few properties are all there is. */
export function propertyChange(
  kind: PartKind,
  { id, before, after }: Pair<object>,
  more: readonly Detail[],
): PartChange[] {
  if (before === undefined || after === undefined)
    return before === after ? [] : [part(kind, id, wayOf(before, after))];
  const details = [...fieldDetails(before, after), ...more];
  return details.length === 0 ? [] : [part(kind, id, "changed", details)];
}

function wayOf(before: unknown, after: unknown): Verb {
  return before === undefined ? "created" : after === undefined ? "deleted" : "changed";
}

export function part(kind: PartKind, id: string, verb: Verb, details: readonly Detail[] = []): PartChange {
  return { what: "part", kind, id, verb, details };
}
