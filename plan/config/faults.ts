import type { z } from "zod";

/** One fault of a stack's configuration. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  /** The bad value, what is allowed and the fix. It stands after the path. */
  readonly message: string;
}

/** Everything that is wrong with a stack's configuration, at once. */
export class ConfigurationError extends Error {
  readonly faults: readonly string[];

  constructor(stack: string, faults: readonly Fault[]) {
    const lines = faults.map(({ path, message }) => `${stack} ${showPath(path)}: ${message}`);
    const count = lines.length === 1 ? "1 fault" : `${lines.length} faults`;
    super([`The configuration in Pulumi.${stack}.yaml has ${count}:`, ...lines].join("\n"));
    this.name = "ConfigurationError";
    this.faults = lines;
  }
}

/** Writes a path as in `pods[1].clientPort`. */
export function showPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      const key = String(part);
      if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join("");
}

/** Writes a bad value: short, on one line, without the password of a URL. */
export function show(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replace(/:\/\/.*:.*@/g, "://***@");
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** Whether a fault may show the bad value: never where it is, or may hold, a secret. */
export type Showing = "shown" | "hidden";

/** Brings zod's issues to faults; an issue about several keys becomes a fault for each. */
export function faultsOf(issues: readonly z.core.$ZodIssue[]): Fault[] {
  return issues.flatMap((issue): Fault[] => {
    if (issue.code !== "unrecognized_keys") return [{ path: issue.path, message: issue.message }];
    const messages = issue.message.split("\n");
    return issue.keys.map((key, index) => ({ path: [...issue.path, key], message: messages[index] ?? "" }));
  });
}
