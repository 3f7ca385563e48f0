import type { Step } from "./step.ts";

/** What Pulumi's own preview says. */
export interface Previewed {
  readonly steps: readonly Step[];
  /** Resources that are new. */
  readonly created: number;
  /** Resources that stay as they are. */
  readonly unchanged: number;
  /** Why it refuses. */
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

interface Digest {
  readonly steps?: readonly Step[];
  readonly changeSummary?: { readonly same?: number };
  readonly diagnostics?: readonly { readonly message: string; readonly severity: string }[];
}

/**
 * Reads what `pulumi preview --json` printed: https://www.pulumi.com/docs/iac/cli/commands/pulumi_preview/
 * @returns undefined where that is no such answer
 */
export function diagnosed(stdout: string): Previewed | undefined {
  const { steps = [], diagnostics = [], changeSummary } = digestIn(stdout) ?? {};
  if (steps.length === 0 && diagnostics.length === 0 && changeSummary === undefined) return undefined;
  const of = (severity: string) =>
    diagnostics.filter((one) => one.severity === severity).flatMap(({ message }) => sentencesOf(message));
  return {
    steps,
    created: steps.filter(({ op }) => op === "create").length,
    unchanged: changeSummary?.same ?? 0,
    faults: unique(of("error")),
    // Where Pulumi found its plugins is of this machine.
    warnings: unique(of("warning").filter((text) => !/^using pulumi-\S+ from /.test(text))),
  };
}

function digestIn(stdout: string): Digest | undefined {
  try {
    return JSON.parse(stdout.slice(stdout.indexOf("{"))) as Digest;
  } catch {
    return undefined;
  }
}

/** The heads under which the program lists what is wrong. */
const heads = [
  /^The configuration in \S+ has \d+ faults?:\n/,
  /^.* can't be updated to .*; nothing was touched:\n/,
];

function sentencesOf(message: string): string[] {
  const text = message.replace(/^(?:error|warning): /, "").trim();
  const head = heads.find((one) => one.test(text));
  if (head !== undefined) return text.replace(head, "").split("\n");
  // The engine's own last word on what was told before.
  return text === "" || text === "preview failed" ? [] : [text];
}

/** The engine tells things in the order in which it comes to them. */
function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
