import { UsageError } from "../cli/arguments.ts";

/**
 * Reads `dk=my-nats-1,no=my-nats-2` as pod ids by container.
 * @throws UsageError for anything else
 */
export function namedPods(text: string | undefined): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const part of text?.split(",") ?? []) {
    const [id = "", container = "", ...more] = part.split("=");
    if (id === "" || container === "" || more.length > 0 || named.has(container)) {
      throw new UsageError(
        `"${part}" of --pods is not POD=CONTAINER; give each container once, as in dk=my-nats-1`,
      );
    }
    named.set(container, id);
  }
  return named;
}
