import type { Change, Diff, Previewed } from "../contract/properties.ts";
import { type StreamInputs, streamFields } from "../contract/stream.ts";
import { type Known, missingMark } from "./ownership.ts";
import type { StreamSpec } from "./stream.ts";
import { sameValue } from "./stream-canonical.ts";

/** Names every changed property. Dials nothing: it compares what the state says with what is wanted. */
export function diffStream(state: StreamInputs & Partial<Known>, news: Previewed<StreamInputs>): Diff {
  const changes: Change[] = [];
  for (const path of Object.keys(streamFields) as (keyof StreamInputs)[]) {
    const [from, to] = [state[path], news[path]];
    if (sameValue(path, from, to)) continue;
    changes.push({
      path,
      kind: from === undefined ? "add" : "update",
      replaces: isImmutable(path, from, to),
    });
  }
  return { changes: [...changes, ...missingMark(state)], deleteBeforeReplace: true };
}

/** nats-server's configUpdateCheck: what it never changes in place. */
function isImmutable(path: string, from: unknown, to: unknown): boolean {
  if (path === "name" || path === "storage") return true;
  return path === "retention" && (from === "workqueue" || to === "workqueue");
}

/** The properties in which a live stream can't be brought to what is wanted. */
export function immutableDifferences(live: StreamSpec, wanted: StreamSpec): string[] {
  return (["name", "storage", "retention"] as const)
    .filter((path) => live[path] !== wanted[path] && isImmutable(path, live[path], wanted[path]))
    .map((path) => `${path} is ${JSON.stringify(live[path])} and should be ${JSON.stringify(wanted[path])}`);
}
