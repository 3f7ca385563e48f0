import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import { hasEnded } from "./faults.ts";
import type { Seen } from "./look.ts";

/** A stack with faults, and what is known of it. */
export interface Faulty {
  /** The stack's name. */
  readonly stack: string;
  readonly outputs: StackOutputs;
  readonly seen: Seen;
  /** The faults in words. */
  readonly faults: readonly string[];
  /** The last update began with a refresh, and these faults are still there. */
  readonly refreshed: boolean;
  readonly now: Date;
}

/**
 * What repairs the faults: a command each, with what it does. A plain `up` compares with the state. The state does not
 * know what a person stopped or deleted, so those repairs begin with a refresh.
 * @returns empty: there are no faults
 */
export function repairsOf({ stack, outputs, seen, faults, refreshed, now }: Faulty): string[] {
  if (faults.length === 0) return [];
  const silent = silentServers(outputs, seen);
  const named = stack === "dev" ? "" : ` ${stack}`;
  const refresh = `\`npm run up -- --refresh${named}\``;
  const status = `\`npm run status${named === "" ? "" : ` --${named}`}\``;
  return [
    ...(silent.length > 0 && !refreshed
      ? [`${refresh} starts a server that was stopped, and recreates a container that was removed.`]
      : []),
    ...(silent.length > 0 && refreshed ? silent.map(askItsEngine) : []),
    ...(seen.missing.size > 0
      ? [`${refresh} recreates ${[...seen.missing].sort().join(", ")}. A recreated stream is empty.`]
      : []),
    ...([...seen.certificates.values()].some((expires) => expires instanceof Date && hasEnded(expires, now))
      ? [`\`npm run rotate -- leaves${named}\` issues new certificates.`]
      : []),
    ...(silent.length === 0 && seen.missing.size === 0
      ? [`${status} shows whether the faults pass. A copy that is behind catches up without a command.`]
      : []),
  ];
}

function silentServers(outputs: StackOutputs, { servers, unreachable }: Seen): string[] {
  const names = Object.values(outputs.pods).map((pod) => pod.serverName);
  if (unreachable !== undefined) return names;
  return names.filter((name) => servers.every((server) => server.name !== name));
}

/** The engine holds the server for running: the server was paused, is frozen, or ends again and again. */
function askItsEngine(server: string): string {
  return `\`docker logs ${server}\` on its host shows why ${server} does not answer. If it is paused: \`docker unpause ${server}\`.`;
}

/** @param repairs as {@link repairsOf} gives them */
export function repairText(repairs: readonly string[]): string {
  return repairs.length === 0 ? "" : `\nFix:\n${repairs.map((repair) => `  - ${repair}`).join("\n")}\n`;
}
