import { componentTypes, dockerTypes, natsTypes, stackType } from "../../model/resource-types.ts";
import { parseUrn } from "../../model/urn.ts";
import { roleOf } from "../../plan/container-roles.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import type { PartKind } from "./changes.ts";

/** What a resource of the program is to people. A certificate, its key and its request are one. */
export type ResourceKind =
  | { readonly what: "server"; readonly id: string; readonly role: "server" | "loader" }
  | { readonly what: "stream" | "consumer"; readonly id: string }
  | { readonly what: "part"; readonly kind: PartKind; readonly id: string };

/** Resources that only hold others together. */
function isGrouping(type: string): boolean {
  return type === stackType || type.startsWith("unityplan:");
}

const kinds: Readonly<Record<string, PartKind>> = {
  [dockerTypes.network]: "network",
  [dockerTypes.volume]: "volume",
  [dockerTypes.image]: "image",
};

/** What the program only looks with: it makes nothing. */
const checks: ReadonlySet<string> = new Set([
  natsTypes.node,
  natsTypes.look,
  natsTypes.preflight,
  natsTypes.membership,
  natsTypes.clusterGate,
  natsTypes.trust,
  natsTypes.survey,
  natsTypes.mesh,
]);

/**
 * @param inputs all that is known of the resource, the newest first
 * @returns undefined for what only holds others together
 */
export function resourceKindOf(
  urn: string,
  ...inputs: readonly (Readonly<Record<string, unknown>> | undefined)[]
): ResourceKind | undefined {
  const { types, name } = parseUrn(urn);
  const type = types.at(-1) ?? "";
  if (isGrouping(type)) return undefined;
  if (type === dockerTypes.container) {
    const found = roleOf(name, ...inputs);
    if (found.role === "container") return { what: "part", kind: "container", id: name };
    return { what: "server", id: found.podId, role: found.role };
  }
  if (type === natsTypes.stream) return { what: "stream", id: name };
  if (type === natsTypes.consumer) return { what: "consumer", id: name };
  return { what: "part", ...partOf(urn) };
}

interface Part {
  readonly kind: PartKind;
  readonly id: string;
}

function partOf(urn: string): Part {
  const { types, name } = parseUrn(urn);
  const type = types.at(-1) ?? "";
  if (checks.has(type)) return { kind: "check", id: name };
  const kind = kinds[type];
  if (kind !== undefined) return { kind, id: name };
  if (type.startsWith("pulumi:providers:")) return { kind: "provider", id: name };
  if (type.startsWith("tls:") || type === natsTypes.renewal) return certificatePart(urn, name);
  if (types.includes(componentTypes.peer))
    return { kind: "vpn", id: resourceNames.wireguard.parse(name) ?? name };
  if (type.startsWith("command:")) return { kind: "host", id: name };
  return { kind: "other", id: name };
}

function certificatePart(urn: string, name: string): Part {
  const authority = resourceNames.authority.inUrn(urn) ?? resourceNames.authorityKey.inUrn(urn);
  if (authority !== undefined) return { kind: "authority", id: String(authority) };
  const { operatorKey, operatorRequest, operatorCertificate } = resourceNames;
  if ([operatorKey, operatorRequest, operatorCertificate].some(({ inUrn }) => inUrn(urn) !== undefined))
    return { kind: "leaf", id: "operator" };
  const { leafKey, leafRequest, leafCertificate, leafRenewal } = resourceNames;
  const leaf = [leafKey, leafRequest, leafCertificate, leafRenewal]
    .map(({ inUrn }) => inUrn(urn))
    .find((id) => id !== undefined);
  return leaf === undefined ? { kind: "key", id: name } : { kind: "leaf", id: leaf };
}
