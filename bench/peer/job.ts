import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { podsWithFreePorts, type TestPod } from "../../harness/stack.ts";
import { catalogue, type StreamWithConsumers } from "../../plan/catalogue.ts";
import { confOf } from "./conf.ts";
import { consumerConfig, streamConfig, streamScript } from "./streams.ts";

/** What a peer is given: names, ports, and the files of the three servers and five streams in a folder of its own. */
export interface PeerJob {
  readonly folder: string;
  readonly prefix: string;
  readonly pods: readonly PeerPod[];
  readonly meshNetwork: string;
  readonly streams: readonly PeerStream[];
}

export interface PeerPod extends TestPod {
  readonly serverName: string;
  readonly network: string;
  readonly dataVolume: string;
  /** Path of its nats.conf on this machine. */
  readonly conf: string;
}

export interface PeerStream {
  readonly name: string;
  /** Path of a script that makes the stream and its consumers, and asks until it is there. */
  readonly script: string;
}

export const image = "nats:2.15.1";
const ids = ["dk", "no", "se"];

/** Writes the files of a fresh job. */
export async function prepareJob(): Promise<PeerJob> {
  const folder = mkdtempSync(join(tmpdir(), "unityplan-bench-"));
  const prefix = `b${folder.slice(folder.lastIndexOf("-") + 1).toLowerCase()}-`;
  const pods = (await podsWithFreePorts(ids)).map((pod) => ({
    ...pod,
    serverName: `${prefix}service-nats-${pod.id}`,
    network: `${prefix}pod-${pod.id}-net`,
    dataVolume: `${prefix}nats-${pod.id}-data`,
    conf: join(folder, `${pod.id}.conf`),
  }));
  const names = pods.map((pod) => pod.serverName);
  for (const pod of pods) writeFileSync(pod.conf, confOf(pod.id, pod.serverName, names));
  const streams = catalogue(ids).map((entry) => writeStream(folder, entry, urlsOf(pods)));
  return { folder, prefix, pods, meshNetwork: `${prefix}mesh-network`, streams };
}

export function urlsOf(pods: readonly TestPod[]): string[] {
  return pods.map((pod) => `nats://127.0.0.1:${pod.clientPort}`);
}

function writeStream(
  folder: string,
  { stream, consumers }: StreamWithConsumers,
  urls: readonly string[],
): PeerStream {
  const own = join(folder, stream.name);
  mkdirSync(own);
  writeFileSync(join(own, "stream.json"), JSON.stringify(streamConfig(stream)));
  for (const consumer of consumers) {
    writeFileSync(join(own, `${consumer.name}.json`), JSON.stringify(consumerConfig(consumer)));
  }
  const script = join(own, "make.sh");
  writeFileSync(
    script,
    streamScript(
      own,
      stream.name,
      consumers.map((consumer) => consumer.name),
      urls,
    ),
  );
  chmodSync(script, 0o755);
  return { name: stream.name, script };
}
