import { delimiter, dirname } from "node:path";
import type { StackOutputs } from "./stack.ts";
import { table } from "./table.ts";

/**
 * How a person calls the nats CLI: by its name where their own PATH has it, else through the project.
 * @param found the one of the set-up
 */
export function natsCommand(found: string | undefined, path = process.env.PATH ?? ""): string {
  const own = path.split(delimiter).some((folder) => found !== undefined && dirname(found) === folder);
  return own ? "nats" : "npm run --silent nats --";
}

/** The last screen of `up`: what runs where, and what to try next. */
export function welcome(stack: string, outputs: StackOutputs, nats: string): string {
  const pods = Object.entries(outputs.pods);
  const first = pods[0];
  const rows = pods.map(([id, pod]) => [
    id,
    pod.clientUrl,
    pod.monitorUrl,
    pod.certificateExpires.slice(0, 10),
  ]);
  const suffix = stack === "dev" ? "" : ` -- ${stack}`;
  return [
    table([["POD", "CLIENTS", "MONITOR", "CERTIFICATE UNTIL"], ...rows]),
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
          `  ${nats} ${where(first, outputs)} stream ls`,
          `  ${nats} ${where(first, outputs)} pub --jetstream global.user.registered '{"id": 1}'`,
        ]),
    `  npm run down${suffix}          takes it down again; the data stays`,
  ].join("\n");
}

/** With TLS there is more to say than a URL, and the context has it. */
function where(
  [id, { clientUrl }]: [string, { readonly clientUrl: string }],
  { clientTls }: StackOutputs,
): string {
  return clientTls === "off" ? `--server ${clientUrl}` : `--context ${id}`;
}
