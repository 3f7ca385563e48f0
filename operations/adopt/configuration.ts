import { isDeepStrictEqual } from "node:util";
import { dump } from "js-yaml";
import { usualNames } from "../../plan/pod-names.ts";
import { ownSections } from "../rotate/edit.ts";
import { withSection } from "../stack/section.ts";
import type { HandMadeCluster, HandMadePod } from "./pods.ts";
import type { Entry } from "./stream-entry.ts";

const namespace = "unityplan-nats";

type Sections = Readonly<Record<string, unknown>>;

/** The sections that say what a hand-made cluster is, with what a person wrote into them besides. */
export function adoptedSections(
  before: Sections,
  cluster: HandMadeCluster,
  streams: Readonly<Record<string, Entry>> = {},
): Sections {
  const pods = Array.isArray(before.pods) ? (before.pods as readonly { id?: unknown }[]) : [];
  const written = mapIn(before.streams);
  const merged = Object.fromEntries(
    Object.entries(streams).map(([name, entry]) => [name, mergedEntry(mapIn(written[name]), entry)]),
  );
  const all = { ...written, ...merged };
  return {
    pods: cluster.pods.map((pod) =>
      podEntry(
        pods.find(({ id }) => id === pod.id),
        pod,
        cluster,
      ),
    ),
    cluster: { ...mapIn(before.cluster), ...clusterEntry(cluster) },
    ...(Object.keys(all).length === 0 ? {} : { streams: all }),
  };
}

function mergedEntry(before: Entry, entry: Entry): Entry {
  const consumers = { ...mapIn(before.consumers), ...mapIn(entry.consumers) };
  return { ...before, ...entry, ...(Object.keys(consumers).length === 0 ? {} : { consumers }) };
}

function podEntry(before: object | undefined, pod: HandMadePod, { resourcePrefix }: HandMadeCluster): Entry {
  const { id, clientPort, clusterPort, monitorPort, dataVolume, serverName } = pod;
  return {
    ...before,
    id,
    clientPort,
    clusterPort,
    monitorPort,
    dataVolume,
    ...(serverName === usualNames.server.of({ resourcePrefix, id }) ? {} : { serverName }),
  };
}

const usualName = "unityplan-global";
const usualPayloadBytes = 8 * 1024 ** 2;

function clusterEntry({
  name,
  image,
  resourcePrefix,
  systemAccount,
  maxPayloadBytes,
}: HandMadeCluster): Entry {
  return {
    ...(name === usualName ? {} : { name }),
    image,
    ...(resourcePrefix === "" ? {} : { resourcePrefix }),
    ...(systemAccount === "SYS" ? {} : { systemAccount }),
    // What is let in now is let in afterwards.
    ...(maxPayloadBytes <= usualPayloadBytes ? {} : { maxPayload: `${Math.ceil(maxPayloadBytes / 1024)}KB` }),
  };
}

function mapIn(value: unknown): Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Entry) : {};
}

const beginning = (
  stack: string,
): string => `# The ${stack} stack: a cluster that was made by hand and adopted by \`npm run adopt\`. What is not said here has its
# default: see README.md.
config:
`;

/**
 * The stack's file with these sections. What a section says already stays as people wrote it, and so does everything
 * else.
 * @param before undefined: there is no file yet
 * @throws Error where people write in a style that sections can't be told apart in
 */
export function withSections(before: string | undefined, sections: Sections, stack: string): string {
  const own = before === undefined ? {} : ownSections(before);
  let text = before ?? beginning(stack);
  for (const [section, value] of Object.entries(sections)) {
    if (isDeepStrictEqual(own[section], value)) continue;
    text = withSection(text, `${namespace}:${section}`, `config:\n${sectionText(section, value)}`);
  }
  const now = ownSections(text);
  for (const [section, value] of Object.entries(sections)) {
    if (isDeepStrictEqual(now[section], value)) continue;
    throw new Error(
      `the section ${section} of Pulumi.${stack}.yaml can't be edited; write it in block style`,
    );
  }
  return text.endsWith("\n") ? text : `${text}\n`;
}

/** A pod is a line, as everywhere in this project. */
function sectionText(section: string, value: unknown): string {
  const flowLevel = section === "pods" ? 2 : -1;
  const text = dump({ [`${namespace}:${section}`]: value }, { flowLevel, lineWidth: -1 });
  return text.replace(/^(?=.)/gm, "  ");
}

/** The lines that go and come, as `diff` shows them. */
export function changedLines(before: string, after: string): string[] {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  const inBoth = (lines: readonly string[], line: string) => lines.includes(line);
  return [
    ...old.filter((line) => line.trim() !== "" && !inBoth(fresh, line)).map((line) => `- ${line}`),
    ...fresh.filter((line) => line.trim() !== "" && !inBoth(old, line)).map((line) => `+ ${line}`),
  ];
}
