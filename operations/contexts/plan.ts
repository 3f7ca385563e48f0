import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import type { PodTunnel } from "./tunnels.ts";

/** A context file of the nats CLI; only what this project writes. */
export interface NatsContext {
  readonly description: string;
  readonly url: string;
  /** Paths of PEM files. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

function mark(stack: string): string {
  return `unityplan-nats, stack ${stack}`;
}

/** What the nats CLI needs for client ports that speak TLS: text by the name of its file. */
export function tlsFiles({
  clientTls,
  caCertificate,
  operatorCertificate,
}: StackOutputs): Map<string, string> {
  if (clientTls === "off") return new Map();
  const authority: [string, string][] = [["ca.pem", caCertificate]];
  if (clientTls === "on") return new Map(authority);
  const { certificate, privateKey } = operatorCertificate;
  return new Map([...authority, ["operator.pem", certificate], ["operator-key.pem", privateKey]]);
}

/**
 * One context for each pod. It has only that pod's server.
 * @param files where a file of {@link tlsFiles} lies
 * @param tunnels of pods that this machine can't dial as they are
 * @returns by name of the context, which is the pod's id
 */
export function contextsFor(
  stack: string,
  outputs: StackOutputs,
  files: (name: string) => string,
  tunnels: ReadonlyMap<string, Pick<PodTunnel, "localPort">> = new Map(),
): Map<string, NatsContext> {
  const paths = {
    ...(outputs.clientTls === "off" ? {} : { ca: files("ca.pem") }),
    ...(outputs.clientTls === "required"
      ? { cert: files("operator.pem"), key: files("operator-key.pem") }
      : {}),
  };
  return new Map(
    Object.entries(outputs.pods).map(([id, pod]) => {
      const tunnel = tunnels.get(id);
      const url = tunnel === undefined ? pod.clientUrl : `nats://127.0.0.1:${tunnel.localPort}`;
      return [id, { description: `${mark(stack)}: pod ${id} of ${outputs.clusterName}`, url, ...paths }];
    }),
  );
}

/** Names of the contexts that exist already and were not made for this stack. */
export function foreignContexts(
  contexts: ReadonlyMap<string, NatsContext>,
  stack: string,
  existing: (name: string) => NatsContext | undefined,
): string[] {
  return [...contexts.keys()].filter((name) => {
    const found = existing(name);
    return found !== undefined && !found.description?.startsWith(`${mark(stack)}:`);
  });
}
