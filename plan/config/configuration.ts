import type { ConsumerInputs } from "../../model/contract/consumer.ts";
import type { StreamInputs } from "../../model/contract/stream.ts";
import type { Waivers } from "../policy/names.ts";
import type { TlsPlan } from "../tls-plan.ts";
import { checkCertificates, checkNothingHidden } from "./check-certificates.ts";
import { checkHosts } from "./check-hosts.ts";
import { checkImage } from "./check-image.ts";
import { checkPods, hostOf } from "./check-pods.ts";
import { checkRollout } from "./check-rollout.ts";
import { checkStreams } from "./check-streams.ts";
import { checkTimes } from "./check-times.ts";
import { checkTls } from "./check-tls.ts";
import { checkVpn } from "./check-vpn.ts";
import { configurationSchema, type Read } from "./configuration-schema.ts";
import { readDraft } from "./draft.ts";
import { ConfigurationError, faultsOf } from "./faults.ts";
import { type ConfiguredHost, configuredHost } from "./hosts.ts";
import { atOldWord, inTodaysWords } from "./old-words.ts";
import type { Reading } from "./reading.ts";
import { readSections } from "./sections.ts";
import { type ResolvedStream, resolveStreams } from "./streams.ts";
import { tlsPlanOf } from "./tls.ts";

/** A stack's configuration: checked, with every default filled in, in bytes, seconds and hours. */
export interface Configuration {
  readonly cluster: Read["cluster"];
  readonly hosts: readonly ConfiguredHost[];
  readonly pods: readonly ConfiguredPod[];
  /** The catalogue's streams as this stack changes them, then its own. */
  readonly streams: readonly StreamInputs[];
  readonly consumers: readonly ConsumerInputs[];
  readonly rollout: Read["rollout"];
  readonly wireguard: Read["wireguard"];
  readonly tls: TlsPlan;
  /** Rules of policy that do not hold, with the reasons. */
  readonly waivers: Waivers;
  /** Warnings of words that the next release does not read. */
  readonly oldWords: readonly string[];
}

export interface ConfiguredPod extends Omit<Read["pods"][number], "host" | "maxFileStore"> {
  readonly hostId: string;
  /** undefined: the server's own choice, three quarters of the free disk. */
  readonly maxFileStoreBytes: number | undefined;
}

/**
 * Reads a stack's configuration.
 * @param raw what `pulumi.runtime.allConfig()` gives: `project:key` to text, structured values as JSON. Keys of
 *   other projects (`pulumi:…`, `docker:…`) are left alone
 * @throws ConfigurationError that names every fault at once
 */
export function parseConfiguration(
  raw: Readonly<Record<string, string>>,
  stack: { readonly project: string; readonly name: string },
  { secrets = "shown", now = new Date() }: Reading = {},
): Configuration {
  const written = readSections(raw, stack.project);
  const { sections, ...old } = inTodaysWords(written, stack.name);
  const result = configurationSchema.safeParse(sections);
  const draft = readDraft(sections);
  const podIds = new Set(draft.pods?.flatMap(({ values }) => values.id ?? []));
  const streams = resolveStreams(draft, [...podIds]);
  const faults = [
    ...old.faults,
    ...faultsOf(result.error?.issues ?? []),
    ...checkTimes(draft),
    ...checkImage(draft),
    ...checkHosts(draft),
    ...checkVpn(draft),
    ...checkPods(draft),
    ...checkStreams(draft, streams),
    ...checkRollout(draft),
    ...checkTls(draft, old.oldPhases),
    ...checkCertificates(draft, now === "unchecked" ? undefined : now),
    ...(secrets === "shown" ? checkNothingHidden(draft) : []),
  ];
  if (!result.success || faults.length > 0) {
    throw new ConfigurationError(
      stack.name,
      faults.map((fault) => atOldWord(fault, written)),
    );
  }
  return { ...configurationOf(result.data, streams), oldWords: old.warnings };
}

const firstGeneration = 1;

function configurationOf(read: Read, streams: readonly ResolvedStream[]): Omit<Configuration, "oldWords"> {
  const { cluster, hosts, pods, rollout, wireguard } = read;
  const hostIds = Object.keys(hosts);
  const keyGenerations = new Map(Object.entries(wireguard.keyGenerations));
  return {
    cluster,
    hosts: Object.entries(hosts).map(([id, host]) =>
      configuredHost(id, host, keyGenerations.get(id) ?? firstGeneration),
    ),
    wireguard,
    pods: pods.map(({ host, maxFileStore, ...pod }) => ({
      ...pod,
      hostId: hostOf({ host }, hostIds) ?? "",
      maxFileStoreBytes: maxFileStore ?? cluster.maxFileStoreBytes,
    })),
    streams: streams.map(({ spec }) => spec),
    consumers: streams.flatMap(({ consumers }) => consumers.map(({ spec }) => spec)),
    rollout,
    tls: tlsPlanOf(read),
    waivers: waiversOf(read),
  };
}

function waiversOf({ policy }: Read): Waivers {
  return Object.fromEntries(Object.entries(policy.waive).filter(([, reason]) => reason !== undefined));
}
