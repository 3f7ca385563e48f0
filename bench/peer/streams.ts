import { join } from "node:path";
import type { ConsumerSpec } from "../../model/jetstream/consumer.ts";
import { toServer as consumerToServer } from "../../model/jetstream/consumer-canonical.ts";
import type { StreamSpec } from "../../model/jetstream/stream.ts";
import { toServer as streamToServer } from "../../model/jetstream/stream-canonical.ts";

/** Our stream has an owner tag. A peer's stream has none. */
const nobody = { project: "", stack: "", name: "", generation: "" };

/** A file for `nats stream add --config`. */
export function streamConfig(stream: StreamSpec): unknown {
  const { metadata: _, ...config } = streamToServer(stream, nobody);
  return config;
}

/** A file for `nats consumer add --config`. */
export function consumerConfig(consumer: ConsumerSpec): unknown {
  const { metadata: _, ...config } = consumerToServer(consumer, nobody);
  return config;
}

/**
 * Makes a stream and its consumers. A request before there is a leader is dropped, and a server that is not known yet
 * gets no copy: with the CLI's own timeout the first one costs 5 s, so it asks shortly and again.
 */
export function streamScript(
  folder: string,
  stream: string,
  consumers: readonly string[],
  urls: readonly string[],
): string {
  const nats = `nats --no-context --server ${urls.join(",")} --timeout=500ms`;
  const file = (name: string) => `'${join(folder, `${name}.json`)}'`;
  return `#!/bin/sh
again() {
  tries=0
  until "$@" >'${folder}/last.log' 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { cat '${folder}/last.log'; exit 1; }
    sleep 0.1
  done
}
again ${nats} stream add ${stream} --config ${file("stream")}
${consumers.map((name) => `again ${nats} consumer add ${stream} ${name} --config ${file(name)}\n`).join("")}`;
}
