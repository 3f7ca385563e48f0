import { dockerTypes, tlsTypes } from "../../model/resource-types.ts";
import { resourceNames } from "../resource-names.ts";
import { bare, type Plain, unknown } from "./plain.ts";
import type { Rule } from "./rule.ts";

export const dataKept: Rule = {
  name: "data-kept",
  promise: "A volume stays when its resource goes: it is protected, and retained on deletion.",
  reason:
    "It may hold the only copy of acknowledged messages. Only a pod's files, which are made anew, need not stay.",
  mend: "Give the volume `protect: true` and `retainOnDelete: true`",
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
  promise:
    "An authority that issues is protected, its key and its certificate, until it is in its last phase.",
  reason:
    "Servers and clients trust it by its key. When that is lost, nothing can be issued that they believe, and the way " +
    "back is a new authority on every one of them.",
  mend: 'Give it `protect: phase === "active"`, as components/tls/authority.ts does',
  inResource: ({ type, name, inputs, protect }, { topology }) => {
    const isCertificate = type === tlsTypes.authority && isAuthority(inputs.isCaCertificate);
    const generation = resourceNames.authority.parse(name) ?? resourceNames.authorityKey.parse(name);
    if (!isCertificate && (type !== tlsTypes.privateKey || generation === undefined)) return [];
    const plan = topology.tls.authorities.find((one) => one.generation === generation);
    // One that nobody planned is no exception.
    if (protect || (plan !== undefined && plan.phase !== "active")) return [];
    return [
      `${name} is of ${plan === undefined ? "an authority that is not planned" : "the authority in use"}, and is not protected`,
    ];
  },
};

function isAuthority(value: Plain): boolean {
  return bare(value) === true || bare(value) === unknown;
}
