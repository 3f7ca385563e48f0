import type { StackOutputs } from "../stack.ts";

/** A context file of the nats CLI; only what this project writes. */
export interface NatsContext {
  readonly description: string;
  readonly url: string;
}

function mark(stack: string): string {
  return `unityplan-nats, stack ${stack}`;
}

/**
 * A context per pod. Each has its own pod's server alone, so that it shows that pod and no other.
 * @returns by name of the context, which is the pod's id
 */
export function contextsFor(stack: string, outputs: StackOutputs): Map<string, NatsContext> {
  return new Map(
    Object.entries(outputs.pods).map(([id, pod]) => [
      id,
      { description: `${mark(stack)}: pod ${id} of ${outputs.clusterName}`, url: pod.clientUrl },
    ]),
  );
}

/** Names of the contexts that are there already and do not carry this stack's mark. */
export function foreign(
  contexts: ReadonlyMap<string, NatsContext>,
  stack: string,
  existing: (name: string) => NatsContext | undefined,
): string[] {
  return [...contexts.keys()].filter((name) => {
    const found = existing(name);
    return found !== undefined && !found.description?.startsWith(`${mark(stack)}:`);
  });
}
