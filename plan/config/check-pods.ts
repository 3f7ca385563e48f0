import { everyone } from "../../model/jetstream/subjects.ts";
import { nearest } from "../../model/nearest.ts";
import {
  configurationVolumeOf,
  dataVolumeOf,
  loaderNameOf,
  type NamedPod,
  serverNameOf,
} from "../pod-names.ts";
import { type Draft, knownPods } from "./draft.ts";
import { type Fault, show, showPath } from "./faults.ts";

/** Who runs where, and on which ports. */
export function checkPods(draft: Draft): Fault[] {
  return [
    ...checkNumber(draft),
    ...checkIds(draft),
    ...checkPlaces(draft),
    ...checkPorts(draft),
    ...checkNames(draft),
  ];
}

/** The host of a pod. A pod need not name it if there is only one host. */
export function hostOf(
  pod: { readonly host?: string | undefined },
  hostIds: readonly string[],
): string | undefined {
  return pod.host ?? (hostIds.length === 1 ? hostIds[0] : undefined);
}

/** The message for an id that no configured pod has. Empty if the pods' own ids are faulty. */
export function notAPod(draft: Draft, id: string): string[] {
  const known = knownPods(draft);
  if (known === undefined || known.length === 0 || known.includes(id)) return [];
  return [
    `${show(id)} is not among the pods; allowed ${known.join(", ")}; the nearest is "${nearest(id, known)}"`,
  ];
}

// One server is not a cluster. When a second server joins, the first one deletes the streams that it had alone
// (`checkForOrphans` in the server's server/jetstream_cluster.go).
export const fewestPods = 2;

function checkNumber({ pods }: Draft): Fault[] {
  if (pods === undefined || pods.length >= fewestPods) return [];
  const message = `${pods.length} is too few; allowed at least ${fewestPods}: JetStream forms no cluster of one server, and the streams of that server are lost when a second server joins`;
  return [{ path: ["pods"], message }];
}

function checkIds({ pods = [] }: Draft): Fault[] {
  const first = new Map<string, number>();
  return pods.flatMap(({ values: { id } }, index): Fault[] => {
    if (id === undefined) return [];
    const path = ["pods", index, "id"];
    const before = first.get(id);
    if (before !== undefined) {
      return [
        { path, message: `${show(id)} is the id of pods[${before}] already; give each pod an id of its own` },
      ];
    }
    first.set(id, index);
    if (id !== everyone) return [];
    return [
      {
        path,
        message: `${show(id)} is reserved: cross.{from}.${everyone} goes to every territory; choose another id`,
      },
    ];
  });
}

function checkPlaces({ pods = [], hosts }: Draft): Fault[] {
  const ids = [...hosts.keys()];
  const faults: Fault[] = [];
  for (const [index, { values, faulty }] of pods.entries()) {
    if (faulty.has("host") || ids.length === 0) continue;
    const path = ["pods", index, "host"];
    if (values.host === undefined) {
      if (ids.length > 1)
        faults.push({
          path,
          message: `is missing; if there are several hosts, each pod must name one of ${ids.join(", ")}`,
        });
    } else if (!hosts.has(values.host)) {
      const message = `${show(values.host)} is not among the hosts; allowed ${ids.join(", ")}; the nearest is "${nearest(values.host, ids)}"`;
      faults.push({ path, message });
    }
  }
  return faults;
}

const portKinds = ["clientPort", "clusterPort", "monitorPort"] as const;

function checkPorts({ pods = [], hosts }: Draft): Fault[] {
  const taken = new Map<string, string>();
  const faults: Fault[] = [];
  for (const [index, { values }] of pods.entries()) {
    const host = hostOf(values, [...hosts.keys()]);
    for (const kind of portKinds) {
      const port = values[kind];
      if (host === undefined || port === undefined) continue;
      const path = ["pods", index, kind];
      const place = `${host} ${port}`;
      const other = taken.get(place);
      if (other === undefined) {
        taken.set(place, showPath(path));
        continue;
      }
      const message = `${port} is ${other} already, on the same host ${host}; give each port of a host its own number`;
      faults.push({ path, message });
    }
  }
  return faults;
}

/** What can have a name by hand, and the name of the pod's other object of that kind on the engine. */
const namedByHand = {
  serverName: { nameOf: serverNameOf, besides: loaderNameOf, what: "server or loader" },
  dataVolume: { nameOf: dataVolumeOf, besides: configurationVolumeOf, what: "volume" },
} as const;

/** A name by hand must be unique: otherwise two servers would be one, or two pods would write into one volume. */
function checkNames({ pods = [], cluster, hosts }: Draft): Fault[] {
  const prefix = cluster.values.resourcePrefix;
  if (prefix === undefined) return [];
  // Servers are known by their names everywhere, a volume only on its own host.
  const where = (pod: NamedPod & { readonly host?: string | undefined }, key: keyof typeof namedByHand) =>
    key === "dataVolume" ? hostOf(pod, [...hosts.keys()]) : undefined;
  const named = pods.flatMap(({ values, given }, index) =>
    values.id === undefined ? [] : [{ pod: { ...values, id: values.id }, given, index }],
  );
  return (["serverName", "dataVolume"] as const).flatMap((key) =>
    named.flatMap(({ pod, given, index }): Fault[] => {
      if (!given.has(key) || pod[key] === undefined) return [];
      const { nameOf, besides, what } = namedByHand[key];
      const name = pod[key];
      const other = named
        .filter((one) => where(one.pod, key) === where(pod, key))
        .find(
          (one) =>
            besides(one.pod, prefix) === name || (one.index !== index && nameOf(one.pod, prefix) === name),
        );
      if (other === undefined) return [];
      const message = `${show(name)} is the name of a ${what} of the pod ${other.pod.id} already; every pod needs its own`;
      return [{ path: ["pods", index, key], message }];
    }),
  );
}
