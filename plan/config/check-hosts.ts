import { hostOf } from "./check-pods.ts";
import type { Draft, DraftHost } from "./draft.ts";
import { type Fault, show } from "./faults.ts";
import { identifier } from "./scalars.ts";

/** Hosts: how Pulumi reaches them, which clients reach them, and whether their servers reach each other. */
export function checkHosts(draft: Draft): Fault[] {
  const { hosts } = draft;
  if (hosts.size === 0)
    return [{ path: ["hosts"], message: "{} names no host; remove the section hosts, or name a host" }];
  return [...hosts]
    .flatMap(([id, host]) => [
      ...checkId(id),
      ...checkWays(id, host),
      ...checkAnonymous(draft, id, host),
      ...checkShut(id, host),
    ])
    .concat(checkAddresses(hosts), checkGenerations(draft), checkMesh(draft));
}

function checkId(id: string): Fault[] {
  const problem = identifier("a host id").safeParse(id).error?.issues[0]?.message;
  return problem === undefined ? [] : [{ path: ["hosts", id], message: problem }];
}

/** A setting for one way to reach a host has no meaning for another way. */
function checkWays(id: string, { given }: DraftHost): Fault[] {
  const faults: Fault[] = [];
  const fault = (key: string, message: string) => faults.push({ path: ["hosts", id, key], message });
  if (given.has("ssh") && given.has("docker"))
    fault("docker", "is given together with ssh, and the engine is reached by ssh; remove docker or ssh");
  if (given.has("wireguard") && given.has("publishAddress"))
    fault(
      "publishAddress",
      "is given together with wireguard, and servers of the VPN listen only on the host's address in the VPN; remove publishAddress",
    );
  if (given.has("ssh")) return faults;
  for (const key of ["wireguard", "firewall", "image"] as const) {
    if (given.has(key))
      fault(
        key,
        `needs the section ssh, because the program prepares the host by ssh; add the section ssh, or remove ${key}`,
      );
  }
  return faults;
}

function checkAnonymous({ cluster, tls }: Draft, id: string, { values, given }: DraftHost): Fault[] {
  if (cluster.values.acceptAnonymousRemoteClients !== false) return [];
  if (given.has("wireguard")) {
    if (tls.values.clients === "required" || tls.values.clients === undefined) return [];
    const message =
      "the other hosts of the VPN can reach this host's servers, and no client needs a password; set tls.clients: required, so that every client needs a certificate, or set cluster.acceptAnonymousRemoteClients: true";
    return [{ path: ["hosts", id, "wireguard"], message }];
  }
  if (values.publishAddress === undefined || values.publishAddress.startsWith("127.")) return [];
  const message = `${show(values.publishAddress)} can be reached from other machines, and no client needs a password; keep 127.0.0.1, or set cluster.acceptAnonymousRemoteClients: true`;
  return [{ path: ["hosts", id, "publishAddress"], message }];
}

/** Outside of the VPN the host's own firewall lets in nothing but SSH. */
function checkShut(id: string, { values, given }: DraftHost): Fault[] {
  const isOpen = values.publishAddress?.startsWith("127.") === false;
  if (!given.has("ssh") || given.has("wireguard") || !isOpen || values.firewall === false) return [];
  const message = `${show(values.publishAddress)} is for clients on other machines, and the host's firewall would block all of them; set firewall: false for this host and use a firewall of your own, or keep 127.0.0.1`;
  return [{ path: ["hosts", id, "publishAddress"], message }];
}

function checkAddresses(hosts: Draft["hosts"]): Fault[] {
  const first = new Map<string, string>();
  return [...hosts].flatMap(([id, { ssh, given }]): Fault[] => {
    const { address, port } = ssh.values;
    if (!given.has("ssh") || address === undefined || port === undefined) return [];
    const place = `${address}:${port}`;
    const before = first.get(place);
    if (before === undefined) {
      first.set(place, id);
      return [];
    }
    const message = `${show(address)} is already the address of the host ${before}; put both pods on ${before}, or give this host its own address`;
    return [{ path: ["hosts", id, "ssh", "address"], message }];
  });
}

function checkGenerations({ hosts, wireguard }: Draft): Fault[] {
  const inside = [...hosts].flatMap(([id, { given }]) => (given.has("wireguard") ? [id] : []));
  return Object.keys(wireguard.values.keyGenerations ?? {}).flatMap((id): Fault[] => {
    if (inside.includes(id)) return [];
    const known = inside.length === 0 ? "the VPN has no hosts" : `its hosts are ${inside.join(", ")}`;
    const message = `is not a host of the VPN; ${known}`;
    return [{ path: ["wireguard", "keyGenerations", id], message }];
  });
}

/** Servers on several hosts reach each other by the VPN, and by nothing else. */
function checkMesh({ hosts, pods = [] }: Draft): Fault[] {
  const used = [...new Set(pods.flatMap(({ values }) => hostOf(values, [...hosts.keys()]) ?? []))];
  const known = used.filter((id) => hosts.has(id));
  const inside = known.filter((id) => hosts.get(id)?.given.has("wireguard"));
  const outside = known.filter((id) => !inside.includes(id));
  if (known.length < 2 || outside.length === 0) return [];
  const message = `are on the hosts ${known.join(", ")}, and their servers would not reach each other: put all pods on one host, or give ${outside.join(", ")} the sections ssh and wireguard`;
  return [{ path: ["pods"], message }];
}
