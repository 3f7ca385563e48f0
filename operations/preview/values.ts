import type { Detail } from "./changes.ts";
import type { Step } from "./steps.ts";

/** What stands for a value that only the update knows: `UnknownStringValue` of Pulumi's `sdk/go/common/resource/plugin/rpc.go`. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const notKnownYet = "(known after the update)";
const longest = 120;

/** Which properties a step changes, by the engine's own account, in the order of their names. */
export function detailsOf({ op, oldState, newState, detailedDiff }: Step): Detail[] {
  // Of what comes or goes as a whole, its name says it.
  if (op === "create" || op === "delete") return [];
  return Object.keys(detailedDiff ?? {})
    .sort()
    .flatMap((path): Detail[] => {
      const before = at(oldState?.inputs, path) ?? at(oldState?.outputs, path);
      const after = at(newState?.inputs, path);
      // A secret that changes stays hidden, and twice the same words would tell nothing.
      if (before === "[secret]" || after === "[secret]")
        return [{ path, before: "(secret)", after: "(another secret)" }];
      return [{ path, before: shown(before), after: shown(after) }];
    });
}

/** @param path as in `ports[0].external` */
function at(value: unknown, path: string): unknown {
  const keys = path.match(/[^.[\]"]+/g) ?? [];
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
    value,
  );
}

/** A value on one line, short enough to be read. */
export function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const known = text.replaceAll(unknown, notKnownYet).replace(/\s*\n\s*/g, " ");
  return known.length <= longest ? known : `${known.slice(0, longest - 1)}…`;
}
