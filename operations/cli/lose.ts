import { type Flag, UsageError } from "./arguments.ts";

export const loseFlag: Flag = {
  name: "lose",
  argument: "STREAMS",
  help: "consents to the loss of these streams in memory, in this run only: CACHE,SESSIONS",
};

/**
 * The names that `--lose` gives, each once. Default: none.
 * @throws UsageError where it names no stream: a shell replaces the name in `--lose $MQTT_sess` by nothing
 */
export function namesToLose(values: ReadonlyMap<string, string>): string[] {
  const text = values.get("lose");
  if (text === undefined) return [];
  const names = new Set(text.split(",").map((name) => name.trim()));
  names.delete("");
  if (names.size === 0)
    throw new UsageError(
      "--lose names no stream. Name the streams, as in --lose CACHE or --lose '$MQTT_sess'.",
    );
  return [...names];
}
