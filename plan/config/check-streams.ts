import { nearest } from "../../model/nearest.ts";
import { formatDuration, formatSize } from "../../model/units.ts";
import { territoryOf, territoryStreamName } from "../catalogue.ts";
import { checkConsumers } from "./check-consumers.ts";
import { fewestPods } from "./check-pods.ts";
import { checkStore } from "./check-store.ts";
import { checkSubjects } from "./check-subjects.ts";
import { type Draft, knownPods } from "./draft.ts";
import { type Fault, show } from "./faults.ts";
import { streamNameSchema } from "./stream-schema.ts";
import type { ResolvedStream } from "./streams.ts";

/** Streams and consumers against each other, the pods and the cluster. */
export function checkStreams(draft: Draft, streams: readonly ResolvedStream[]): Fault[] {
  const podIds = knownPods(draft);
  const real = streams.filter(({ spec, inCatalogue }) => inCatalogue || territoryOf(spec.name) === undefined);
  return [
    ...streams.flatMap((stream) => checkName(stream, podIds, streams)),
    ...real.flatMap((stream) => [
      ...checkReplicas(stream, draft.pods?.length),
      ...checkPod(stream, podIds),
      ...checkLimits(stream, draft.cluster.values.maxPayload),
      ...checkConsumers(stream),
    ]),
    ...checkSubjects(real),
    ...checkStore(draft, real),
  ];
}

function checkName(
  { spec, inCatalogue, given, faulty }: ResolvedStream,
  podIds: readonly string[] | undefined,
  all: readonly ResolvedStream[],
): Fault[] {
  const path = ["streams", spec.name];
  if (inCatalogue) return [];
  const problem = streamNameSchema.safeParse(spec.name).error?.issues[0]?.message;
  if (problem !== undefined) return [{ path, message: problem }];
  const territory = territoryOf(spec.name);
  if (territory !== undefined)
    return podIds === undefined ? [] : [{ path, message: noTerritory(territory, podIds) }];
  if (given.has("subjects") || faulty.has("subjects")) return [];
  const near = nearest(
    spec.name,
    all.filter((other) => other.inCatalogue).map((other) => other.spec.name),
  );
  const message = `is missing, and a stream that the catalogue does not have needs subjects, for example ["orders.>"]; the nearest stream in the catalogue is ${near}`;
  return [{ path: [...path, "subjects"], message }];
}

function noTerritory(territory: string, podIds: readonly string[]): string {
  return podIds.includes(territory)
    ? `is the stream of pod ${territory}, but with other capital letters; write ${territoryStreamName(territory)}`
    : `is the stream of a pod ${show(territory)}, which is not among the pods (${podIds.join(", ")}); add the pod, or remove the stream`;
}

function checkReplicas({ spec, pod, given, faulty }: ResolvedStream, podCount: number | undefined): Fault[] {
  if (faulty.has("replicas")) return [];
  const path = ["streams", spec.name, "replicas"];
  const whose = given.has("replicas") ? "" : ", the catalogue's choice,";
  if (podCount !== undefined && podCount >= fewestPods && spec.replicas > podCount) {
    const message = `${spec.replicas}${whose} is more than the number of pods, ${podCount}; allowed here 1 to ${Math.min(podCount, 5)}, or add pods`;
    return [{ path, message }];
  }
  if (spec.replicas === 1 || pod === undefined || faulty.has("pod")) return [];
  const message = `${spec.replicas}${whose} is more than the one pod ${show(pod)} on which the stream is placed; allowed 1${given.has("pod") ? ', or remove "pod"' : ""}`;
  return [{ path, message }];
}

function checkPod({ spec, pod, given }: ResolvedStream, podIds: readonly string[] | undefined): Fault[] {
  if (!given.has("pod") || pod === undefined || podIds === undefined || podIds.includes(pod)) return [];
  const message = `${show(pod)} is not among the pods; allowed ${podIds.join(", ")}; the nearest is "${nearest(pod, podIds)}"`;
  return [{ path: ["streams", spec.name, "pod"], message }];
}

function checkLimits({ spec, faulty }: ResolvedStream, maxPayload: number | undefined): Fault[] {
  const path = ["streams", spec.name];
  const faults: Fault[] = [];
  if (!faulty.has("maxMessageSize") && maxPayload !== undefined && spec.maxMessageSizeBytes > maxPayload) {
    const message = `${formatSize(spec.maxMessageSizeBytes)} is more than cluster.maxPayload, ${formatSize(maxPayload)}; allowed at most ${formatSize(maxPayload)}`;
    faults.push({ path: [...path, "maxMessageSize"], message });
  }
  const ages = !faulty.has("maxAge") && !faulty.has("duplicateWindow") && spec.maxAgeSeconds > 0;
  if (ages && spec.duplicateWindowSeconds > spec.maxAgeSeconds) {
    const message = `${formatDuration(spec.duplicateWindowSeconds)} is longer than maxAge, ${formatDuration(spec.maxAgeSeconds)}; allowed at most maxAge`;
    faults.push({ path: [...path, "duplicateWindow"], message });
  }
  return faults;
}
