import { delimiter, dirname } from "node:path";
import { hostAndPort } from "../../client/address.ts";
import type { Via } from "../../client/dialer.ts";
import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import { table } from "../cli/table.ts";

/**
 * How a person calls the nats CLI: by its name where their own PATH has it, else through the project.
 * @param found the one of the set-up
 */
export function natsCommand(found: string | undefined, path = process.env.PATH ?? ""): string {
  const own = path.split(delimiter).some((folder) => found !== undefined && dirname(found) === folder);
  return own ? "nats" : throughProject;
}

/** Opens a tunnel to a server behind a host. The nats CLI alone can't do that. */
export const throughProject = "npm run --silent nats --";

/**
 * The last screen of `up`: what runs where, and what to try next.
 * @param via servers that this machine reaches through a host
 */
export function welcome(stack: string, outputs: StackOutputs, ownNats: string, via: Via = {}): string {
  const nats = Object.keys(via).length > 0 ? throughProject : ownNats;
  const pods = Object.entries(outputs.pods);
  const first = pods[0];
  const rows = pods.map(([id, pod]) => [
    id,
    pod.clientUrl,
    pod.monitorUrl,
    pod.certificateExpires.slice(0, 10),
  ]);
  const suffix = stack === "dev" ? "" : ` -- ${stack}`;
  const behind = pods.filter(([, { clientUrl }]) => isBehind(clientUrl, via)).map(([id]) => id);
  return [
    table([["POD", "CLIENTS", "MONITOR", "CERTIFICATE UNTIL"], ...rows]),
    ...(behind.length === 0 ? [] : ["", ofHosts(behind)]),
    "",
    `Streams    ${outputs.streams.join(", ")}`,
    `Consumers  ${outputs.consumers.join(", ")}`,
    "",
    "Try next:",
    `  npm run status${suffix}        what every server and stream is doing`,
    `  npm run contexts${suffix}      contexts ${pods.map(([id]) => id).join(", ")} for the nats CLI`,
    ...(first === undefined
      ? []
      : [
          `  ${nats} ${where(first, outputs, via)} stream ls`,
          `  ${nats} ${where(first, outputs, via)} pub --jetstream global.user.registered '{"id": 1}'`,
        ]),
    `  npm run down${suffix}          takes the stack down; the data stays`,
  ].join("\n");
}

function ofHosts(ids: readonly string[]): string {
  return `The addresses of ${ids.join(", ")} are for programs on the hosts. On this machine, \`npm run\` commands go through SSH.`;
}

function isBehind(clientUrl: string, via: Via): boolean {
  return via[hostAndPort(clientUrl).host] !== undefined;
}

/** With TLS, or behind a host, a URL is not enough. The context has the rest. */
function where(
  [id, { clientUrl }]: [string, { readonly clientUrl: string }],
  { clientTls }: StackOutputs,
  via: Via,
): string {
  return clientTls === "off" && !isBehind(clientUrl, via) ? `--server ${clientUrl}` : `--context ${id}`;
}
