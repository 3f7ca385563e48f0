import type { Detail } from "./changes.ts";
import { lineDetails } from "./lines.ts";
import type { Step } from "./step.ts";

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
      // A secret that changes stays hidden. The same words twice would show no change.
      if (before === "[secret]" || after === "[secret]")
        return [{ path, before: "(secret)", after: "(another secret)" }];
      if (isText(before) && isText(after)) return lineDetails(path, before, after);
      return [pair(path, before, after)];
    });
}

/** A script, or a certificate. */
function isText(value: unknown): value is string {
  return typeof value === "string" && value.includes("\n");
}

/** @param path as in `ports[0].external` or `labels["org.unityplan.pod"]` */
function at(value: unknown, path: string): unknown {
  const keys = [...path.matchAll(/\["([^"]*)"\]|([^.[\]]+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? "",
  );
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
    value,
  );
}

/** Two values on a line each, short enough to be read, and with what differs. */
export function pair(path: string, before: unknown, after: unknown): Detail {
  const [from, to] = [onOneLine(before), onOneLine(after)];
  const same = from === undefined || to === undefined ? 0 : commonLength(from, to);
  return { path, before: cut(from, same), after: cut(to, same) };
}

function onOneLine(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replaceAll(unknown, notKnownYet).replace(/\s*\n\s*/g, " ");
}

function cut(text: string | undefined, same: number): string | undefined {
  if (text === undefined || text.length <= longest) return text;
  const start = same < longest / 2 ? 0 : same - longest / 4;
  const rest = text.slice(start, start + longest);
  return `${start > 0 ? "…" : ""}${rest}${start + longest < text.length ? "…" : ""}`;
}

function commonLength(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length += 1;
  return length;
}
