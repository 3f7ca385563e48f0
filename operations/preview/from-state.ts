import { renderConf } from "../../components/nats/conf.ts";
import { files } from "../../components/nats/files.ts";
import type { Topology } from "../../components/topology.ts";
import { Failure } from "../command.ts";
import type { Stack } from "../stack.ts";
import type { Detail } from "./changes.ts";
import { lineDetails } from "./lines.ts";
import type { ConfDetails, Step } from "./steps.ts";

/** What Pulumi's own preview says. */
export interface Previewed {
  readonly steps: readonly Step[];
  /** How many resources stay as they are. */
  readonly unchanged: number;
  /** Why it refuses. */
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

interface Document {
  readonly steps?: readonly Step[];
  readonly changeSummary?: { readonly same?: number };
  readonly diagnostics?: readonly { readonly message: string; readonly severity: string }[];
}

/**
 * @param output of `pulumi preview --json`
 * @param succeeded whether its exit code said so
 * @throws Failure where it ended without a document
 */
export function readPreview(output: string, succeeded: boolean): Previewed {
  const start = output.indexOf("{");
  let document: Document;
  try {
    document = JSON.parse(output.slice(Math.max(0, start))) as Document;
  } catch {
    throw new Failure(`pulumi preview ended without a result:\n${output.trim()}`);
  }
  const { steps = [], diagnostics = [], changeSummary } = document;
  const of = (severity: string) => [
    ...new Set(
      diagnostics
        .filter((one) => one.severity === severity && !/ from \$PATH at /.test(one.message))
        .map(({ message }) => message.replace(/^(?:error|warning): /, "").trim()),
    ),
  ];
  const faults = of("error").filter((message) => message !== "preview failed");
  if (!succeeded && faults.length === 0) faults.push("pulumi preview failed and did not say why");
  return {
    steps,
    unchanged: changeSummary?.same ?? 0,
    faults: faults.sort(),
    warnings: of("warning").sort(),
  };
}

/** A loader of the state, its secrets in plain text. */
interface Loader {
  readonly urn: string;
  readonly inputs?: { readonly uploads?: unknown };
}

/**
 * Which lines of each server's nats.conf change: between what the state says that it was given, and what it is to get.
 * @param resources of the state, with secrets; only nats.conf, which has none, is read of them
 */
export function confDetails(resources: readonly Loader[], { pods, cluster }: Topology): ConfDetails {
  const given = new Map(
    pods.flatMap(({ id }): [string, string][] => {
      const loader = resources.find(({ urn }) => urn.endsWith(`Container::${id}-loader`));
      const conf = confIn(loader?.inputs?.uploads);
      return conf === undefined ? [] : [[id, conf]];
    }),
  );
  return new Map(
    pods.flatMap((pod): [string, Detail[]][] => {
      const before = given.get(pod.id);
      const publicKey = /\bU[A-Z2-7]{55}\b/.exec(before ?? "")?.[0];
      if (before === undefined || publicKey === undefined) return [];
      return [[pod.id, lineDetails("nats.conf", before, renderConf(pod, cluster, publicKey))]];
    }),
  );
}

function confIn(uploads: unknown): string | undefined {
  const plain = unwrapped(uploads);
  if (!Array.isArray(plain)) return undefined;
  const conf = plain
    .map(unwrapped)
    .find((one) => (one as { file?: string } | undefined)?.file === files.conf);
  const content = unwrapped((conf as { content?: unknown } | undefined)?.content);
  return typeof content === "string" ? content : undefined;
}

/** A decrypted secret in an exported state: `{ "4dabf…": "1b47…", "plaintext": "<JSON>" }`. */
function unwrapped(value: unknown): unknown {
  const text = (value as { plaintext?: unknown } | null | undefined)?.plaintext;
  return typeof text === "string" ? (JSON.parse(text) as unknown) : value;
}

/** @param args as `--refresh` */
export async function previewState(stack: Stack, args: readonly string[]): Promise<Previewed> {
  const { code, stdout, output } = await stack.look("preview", ["--json", "--non-interactive", ...args]);
  return readPreview(stdout === "" ? output : stdout, code === 0);
}
