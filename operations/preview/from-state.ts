import { files } from "../../plan/render/files.ts";
import { renderConf } from "../../plan/render/nats-conf.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import type { Topology } from "../../plan/topology.ts";
import { lastLines } from "../../toolchain/run-program.ts";
import { Failure } from "../cli/command.ts";
import type { Stack } from "../stack/stack.ts";
import type { Detail } from "./changes.ts";
import { diagnosed, type Previewed } from "./diagnostics.ts";
import { lineDetails } from "./lines.ts";
import type { ConfDetails } from "./steps.ts";

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
      const loader = resources.find(({ urn }) => resourceNames.loader.inUrn(urn) === id);
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

/**
 * @param args as `--refresh`
 * @throws Failure where Pulumi came to no result
 */
export async function previewState(stack: Stack, args: readonly string[]): Promise<Previewed> {
  const { code, stdout, output, stopped } = await stack.look("preview", [
    "--json",
    "--non-interactive",
    ...args,
  ]);
  const said = diagnosed(stdout);
  if (said !== undefined && (code === 0 || said.faults.length > 0)) return said;
  throw new Failure(
    `pulumi preview came to no result:\n${output.trim() === "" ? (stopped ?? "") : lastLines(output)}`,
  );
}
