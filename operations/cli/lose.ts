import { type Flag, UsageError } from "./arguments.ts";

export const loseFlag: Flag = {
  name: "lose",
  argument: "STREAMS",
  help: "gives up the messages of these streams in memory for this one run, as in CACHE,SESSIONS",
};

/**
 * The names that `--lose` gives, each once. Default: none.
 * @throws UsageError where it names nothing: a shell makes nothing of `--lose $MQTT_sess`
 */
export function namesToLose(values: ReadonlyMap<string, string>): string[] {
  const text = values.get("lose");
  if (text === undefined) return [];
  const names = new Set(text.split(",").map((name) => name.trim()));
  names.delete("");
  if (names.size === 0)
    throw new UsageError("--lose names no stream. Say which one, as in --lose CACHE or --lose '$MQTT_sess'.");
  return [...names];
}
