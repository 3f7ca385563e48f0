import { dockerTypes, tlsTypes } from "../../model/resource-types.ts";
import { resourceNames } from "../resource-names.ts";
import { bare, type Plain, unknown } from "./plain.ts";
import type { Rule } from "./rule.ts";

export const dataKept: Rule = {
  name: "data-kept",
  promise: "A volume stays when its resource goes: it is protected, and retained on deletion.",
  reason:
    "It may hold the only copy of acknowledged messages. Only the volume of a pod's files need not stay, because an update recreates the files.",
  fix: "Give the volume `protect: true` and `retainOnDelete: true`",
  inResource: ({ type, name, inputs, protect, retainOnDelete }, { topology }) => {
    if (type !== dockerTypes.volume) return [];
    const volume = bare(inputs.name);
    if (topology.pods.some(({ configurationVolume }) => configurationVolume === volume)) return [];
    const missing = [
      ...(protect ? [] : ["is not protected"]),
      ...(retainOnDelete ? [] : ["is deleted with its resource"]),
    ];
    return missing.length === 0 ? [] : [`${name} (the volume ${nameOf(volume)}) ${missing.join(" and ")}`];
  },
};

function nameOf(volume: Plain): string {
  return typeof volume === "string" ? volume : "whose name the engine chooses";
}

export const keysProtected: Rule = {
  name: "keys-protected",
  promise: "The key and the certificate of the active CA are protected, until the CA is outgoing.",
  reason:
    "Servers and clients trust the CA by its key. Without the key, no new certificate can be issued that they accept, and " +
    "every server and client needs a new CA.",
  fix: 'Give it `protect: phase === "active"`, as components/tls/authority.ts does',
  inResource: ({ type, name, inputs, protect }, { topology }) => {
    const isCertificate = type === tlsTypes.authority && isAuthority(inputs.isCaCertificate);
    const generation = resourceNames.authority.parse(name) ?? resourceNames.authorityKey.parse(name);
    if (!isCertificate && (type !== tlsTypes.privateKey || generation === undefined)) return [];
    const plan = topology.tls.authorities.find((one) => one.generation === generation);
    // A CA that is not planned is no exception.
    if (protect || (plan !== undefined && plan.phase !== "active")) return [];
    return [
      `${name} belongs to ${plan === undefined ? "a CA that is not planned" : "the active CA"}, and is not protected`,
    ];
  },
};

function isAuthority(value: Plain): boolean {
  return bare(value) === true || bare(value) === unknown;
}
