import { usualNames } from "../../plan/pod-names.ts";
import { stackFileName } from "../stack/plan.ts";
import { type Values, valuesIn } from "../stack-file/nodes.ts";
import { readStackFile, type StackFile } from "../stack-file/read.ts";
import type { HandMadeCluster, HandMadePod } from "./pods.ts";
import type { Entry } from "./stream-entry.ts";

/** The sections that say what a hand-made cluster is, with what a person wrote into them besides. */
export function adoptedSections(
  before: Values,
  cluster: HandMadeCluster,
  streams: Readonly<Record<string, Entry>> = {},
): Values {
  const pods = Array.isArray(before.pods) ? (before.pods as readonly { id?: unknown }[]) : [];
  const written = valuesIn(before.streams);
  const merged = Object.fromEntries(
    Object.entries(streams).map(([name, entry]) => [name, mergedEntry(valuesIn(written[name]), entry)]),
  );
  const all = { ...written, ...merged };
  return {
    pods: inOrder(cluster.pods, pods).map((pod) =>
      podEntry(
        pods.find(({ id }) => id === pod.id),
        pod,
        cluster,
      ),
    ),
    cluster: { ...valuesIn(before.cluster), ...clusterEntry(cluster) },
    ...(Object.keys(all).length === 0 ? {} : { streams: all }),
  };
}

/** The pods in the order of the file, then the pods that are not in the file yet. */
function inOrder(pods: readonly HandMadePod[], written: readonly { id?: unknown }[]): HandMadePod[] {
  const placeOf = ({ id }: HandMadePod) => {
    const place = written.findIndex((one) => one.id === id);
    return place === -1 ? written.length : place;
  };
  return pods.toSorted((left, right) => placeOf(left) - placeOf(right));
}

function mergedEntry(before: Entry, entry: Entry): Entry {
  const consumers = { ...valuesIn(before.consumers), ...valuesIn(entry.consumers) };
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

const beginning = (
  stack: string,
): string => `# The ${stack} stack: a cluster that was made by hand and adopted by \`npm run adopt\`. What is not set here has its
# default: see README.md.
config:
`;

/**
 * The stack's file.
 * @param text undefined: the stack has no file yet, and the result is the start of a new file
 */
export function fileToWrite(text: string | undefined, stack: string): StackFile {
  return readStackFile(text ?? beginning(stack), stackFileName(stack));
}

/** The lines that go and come, as `diff` shows them. */
export function changedLines(before: string, after: string): string[] {
  const [old, fresh] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  const inBoth = (lines: readonly string[], line: string) => lines.includes(line);
  return [
    ...old.filter((line) => line.trim() !== "" && !inBoth(fresh, line)).map((line) => `- ${line}`),
    ...fresh.filter((line) => line.trim() !== "" && !inBoth(old, line)).map((line) => `+ ${line}`),
  ];
}
