import { z } from "zod";
import { hostShape, peerShape, sshShape, wireguardShape } from "./host-schema.ts";
import { subject } from "./scalars.ts";
import { asRolloutMap, clusterShape, isMap, podShape, rolloutShape } from "./schema.ts";
import { consumerShape, streamShape } from "./stream-schema.ts";
import { applicationName, authorityShape, defaultAuthorities, leafShape, tlsShape } from "./tls-schema.ts";

/**
 * What can be read of a configuration that still has faults. So the checks between its parts report their faults
 * together with the schema's faults. A value with a fault of its own is undefined here, and `faulty` names its key.
 */
export interface Draft {
  readonly cluster: Salvaged<typeof clusterShape>;
  readonly tls: DraftTls;
  readonly rollout: Salvaged<typeof rolloutShape>;
  readonly hosts: ReadonlyMap<string, DraftHost>;
  readonly wireguard: Salvaged<typeof wireguardShape>;
  /** undefined: not a list. */
  readonly pods: readonly Salvaged<typeof podShape>[] | undefined;
  readonly streams: ReadonlyMap<string, DraftStream>;
}

export interface DraftHost extends Salvaged<typeof hostShape> {
  readonly ssh: Salvaged<typeof sshShape>;
  readonly wireguard: Salvaged<typeof peerShape>;
}

export interface DraftStream extends Salvaged<typeof streamShape> {
  /** Its subjects without a fault. undefined stands in the place of a faulty subject. */
  readonly subjects: readonly (string | undefined)[];
  readonly consumers: ReadonlyMap<string, Salvaged<typeof consumerShape>>;
}

export interface DraftTls extends Salvaged<typeof tlsShape> {
  /** undefined: not a list. */
  readonly authorities: readonly DraftAuthority[] | undefined;
  /** By pod id. */
  readonly leaves: ReadonlyMap<string, Salvaged<typeof leafShape>>;
  /** The names without a fault. undefined stands in the place of a faulty name. */
  readonly clientCertificates: readonly (string | undefined)[];
}

export type DraftAuthority = Salvaged<typeof authorityShape>;

export interface Salvaged<Shape extends z.ZodRawShape> {
  readonly values: { readonly [Key in keyof Shape]?: z.output<Shape[Key]> };
  readonly given: ReadonlySet<keyof Shape>;
  readonly faulty: ReadonlySet<keyof Shape>;
}

export function readDraft(sections: Readonly<Record<string, unknown>>): Draft {
  const { cluster, tls, hosts = { local: {} }, wireguard, pods, streams, rollout } = sections;
  return {
    cluster: salvage(clusterShape, cluster),
    tls: readTls(tls),
    rollout: salvage(rolloutShape, asRolloutMap(rollout)),
    hosts: mapEntries(hosts, readHost),
    wireguard: salvage(wireguardShape, wireguard),
    pods: Array.isArray(pods) ? pods.map((pod) => salvage(podShape, pod)) : undefined,
    streams: mapEntries(streams, readStream),
  };
}

/** undefined: a pod's id is faulty, so it is not known which pods there are. */
export function knownPods({ pods }: Draft): readonly string[] | undefined {
  if (pods?.some(({ values }) => values.id === undefined)) return undefined;
  return pods?.flatMap(({ values }) => values.id ?? []);
}

function readHost(raw: unknown): DraftHost {
  const { ssh, wireguard } = isMap(raw) ? raw : {};
  return {
    ...salvage(hostShape, raw),
    ssh: salvage(sshShape, ssh),
    wireguard: salvage(peerShape, wireguard),
  };
}

function readTls(raw: unknown): DraftTls {
  const { authorities = defaultAuthorities, leaves, clientCertificates } = isMap(raw) ? raw : {};
  return {
    ...salvage(tlsShape, raw),
    authorities: Array.isArray(authorities)
      ? authorities.map((one) => salvage(authorityShape, one))
      : undefined,
    leaves: mapEntries(leaves, (leaf) => salvage(leafShape, leaf)),
    clientCertificates: Array.isArray(clientCertificates)
      ? clientCertificates.map((one) => applicationName.safeParse(one).data)
      : [],
  };
}

function readStream(raw: unknown): DraftStream {
  const { subjects, consumers } = isMap(raw) ? raw : {};
  return {
    ...salvage(streamShape, raw),
    subjects: Array.isArray(subjects) ? subjects.map((one) => subject.safeParse(one).data) : [],
    consumers: mapEntries(consumers, (consumer) => salvage(consumerShape, consumer)),
  };
}

function salvage<Shape extends z.ZodRawShape>(shape: Shape, raw: unknown): Salvaged<Shape> {
  const given = isMap(raw) ? raw : {};
  const results = Object.entries(shape).map(
    ([key, schema]) => [key, z.safeParse(schema, given[key])] as const,
  );
  const values = results.flatMap(([key, result]) => (result.success ? [[key, result.data]] : []));
  return {
    values: Object.fromEntries(values),
    given: new Set(Object.keys(shape).filter((key) => given[key] !== undefined)),
    faulty: new Set(results.flatMap(([key, result]) => (result.success ? [] : [key]))),
  };
}

function mapEntries<Value>(raw: unknown, read: (value: unknown) => Value): ReadonlyMap<string, Value> {
  return new Map(isMap(raw) ? Object.entries(raw).map(([key, value]) => [key, read(value)]) : []);
}
