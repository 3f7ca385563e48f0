import type { PartKind } from "./changes.ts";

/** What a resource of the program is to people. Several resources can be one thing: a certificate, its key, its request. */
export type Thing =
  | { readonly what: "server"; readonly id: string; readonly role: "server" | "loader" }
  | { readonly what: "stream" | "consumer"; readonly id: string }
  | { readonly what: "part"; readonly kind: PartKind; readonly id: string };

/** Resources that only hold others together. */
function isGrouping(type: string): boolean {
  return type === "pulumi:pulumi:Stack" || type.startsWith("unityplan:");
}

const kinds: Readonly<Record<string, PartKind>> = {
  "docker:index/network:Network": "network",
  "docker:index/volume:Volume": "volume",
  "docker:index/remoteImage:RemoteImage": "image",
};

/** What the program only looks with: it makes nothing. */
const checks: ReadonlySet<string> = new Set([
  "nats:server:Node",
  "nats:server:Preflight",
  "nats:server:Membership",
  "nats:server:Cluster",
  "nats:tls:Trust",
  "nats:host:Survey",
  "nats:host:Mesh",
]);

/** @returns undefined for what only holds others together */
export function thingOf(urn: string): Thing | undefined {
  const { types, name } = namesIn(urn);
  const type = types.at(-1) ?? "";
  if (isGrouping(type)) return undefined;
  if (type === "docker:index/container:Container") {
    const role = name.endsWith("-loader") ? "loader" : "server";
    return { what: "server", id: without(name, `-${role}`), role };
  }
  if (type === "nats:jetstream:Stream") return { what: "stream", id: name };
  if (type === "nats:jetstream:Consumer") return { what: "consumer", id: name };
  return { what: "part", ...partOf(types, name) };
}

/** Types of a resource and of those it stands in, its own the last, and its name. */
function namesIn(urn: string): { readonly types: readonly string[]; readonly name: string } {
  const [, , path = "", ...names] = urn.split("::");
  return { types: path.split("$"), name: names.join("::") };
}

interface Part {
  readonly kind: PartKind;
  readonly id: string;
}

function partOf(types: readonly string[], name: string): Part {
  const type = types.at(-1) ?? "";
  if (checks.has(type)) return { kind: "check", id: name };
  const kind = kinds[type];
  if (kind !== undefined) return { kind, id: name };
  if (type.startsWith("pulumi:providers:")) return { kind: "provider", id: name };
  if (type.startsWith("tls:") || type === "nats:tls:Renewal") return certificatePart(types, name);
  if (types.includes("unityplan:wireguard:Peer")) return { kind: "vpn", id: without(name, "-wireguard") };
  if (type.startsWith("command:")) return { kind: "host", id: name };
  return { kind: "other", id: name };
}

/** Names as components/tls/, components/wireguard/ and components/auth/ give them. */
function certificatePart(types: readonly string[], name: string): Part {
  const authority = /^authority-(\d+)(?:-key)?$/.exec(name)?.[1];
  if (authority !== undefined) return { kind: "authority", id: authority };
  if (/^operator-\d+-/.test(name)) return { kind: "leaf", id: "operator" };
  const role = /-(?:key|request|certificate|renewal)$/.exec(name)?.[0];
  if (types.includes("unityplan:tls:Leaf") && role !== undefined)
    return { kind: "leaf", id: without(name, role) };
  return { kind: "key", id: name };
}

function without(name: string, ending: string): string {
  return name.endsWith(ending) ? name.slice(0, -ending.length) : name;
}
