import { dockerTypes } from "../../model/resource-types.ts";
import { bare, type Plain, unknown } from "./plain.ts";
import type { Registration, Rule } from "./rule.ts";

const { container, image } = dockerTypes;

/** A loader only carries files: it is made, never started, and nothing waits for it to run. */
function neverRuns({ inputs }: Registration): boolean {
  return inputs.start === false && inputs.mustRun === false;
}

function runs(resource: Registration): boolean {
  return resource.type === container && !neverRuns(resource);
}

/** The policies that also start a container after a restart of the engine or its host: https://docs.docker.com/engine/containers/start-containers-automatically/ */
const lasting: readonly Plain[] = ["always", "unless-stopped"];

export const restartPolicy: Rule = {
  name: "restart-policy",
  promise: "The engine restarts every container that runs.",
  reason:
    "After a crash or a power cut nothing else starts it, and a cluster of three servers tolerates the loss of only one.",
  fix: 'Give the container `restart: "unless-stopped"`',
  inResource: (resource) => {
    const restart = bare(resource.inputs.restart);
    if (!runs(resource) || restart === unknown || lasting.includes(restart)) return [];
    return [
      `${resource.name} has ${restart === undefined ? "no restart policy" : `restart: ${show(restart)}`}`,
    ];
  },
};

export const memoryLimit: Rule = {
  name: "memory-limit",
  promise: "Every container that runs has a memory limit.",
  reason: "Without one a server that grows takes its host along, and with it whatever else runs there.",
  fix: "Write a size in cluster.memoryLimit, for example 1GB",
  inResource: (resource) => {
    const memory = bare(resource.inputs.memory);
    if (!runs(resource) || memory === unknown || (typeof memory === "number" && memory > 0)) return [];
    return [`${resource.name} may use all the memory of its host`];
  },
};

export const pinnedImage: Rule = {
  name: "pinned-image",
  promise: "Every image is one version: a tag with all three numbers, or a digest.",
  reason:
    "The tags latest, 2.15 and 2.10-alpine get new images without a change of the configuration. Then two servers run " +
    "different programs. And the program checks by number whether a version may follow another version.",
  fix: "Write the whole version in cluster.image, for example nats:2.15.1",
  late: true,
  inResource: ({ type, name, inputs }) => {
    const reference = bare(type === container ? inputs.image : type === image ? inputs.name : unknown);
    if (reference === unknown || (typeof reference === "string" && isPinned(reference))) return [];
    return [`${name} takes ${reference === undefined ? "no image" : show(reference)}`];
  },
};

/** A version in the tag, a digest, or the id that an engine gave an image. */
function isPinned(reference: string): boolean {
  if (/(^|@)sha256:[0-9a-f]{64}$/.test(reference)) return true;
  return /^[^:]+:v?\d+\.\d+\.\d+([-.][\w.-]+)?$/.test(reference.replace(/^.*\//, ""));
}

function show(value: Plain): string {
  return JSON.stringify(value) ?? "nothing";
}
