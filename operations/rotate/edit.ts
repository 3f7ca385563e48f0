import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { load } from "js-yaml";
import { topologyOf } from "../stack/plan.ts";
import { replaceFile } from "../stack/replace-file.ts";
import { withSection } from "../stack/section.ts";
import { projectFolder, type Stack } from "../stack/stack.ts";
import { withSalt } from "../stack/stack-configuration.ts";
import type { Phase } from "./walk.ts";

const project = "unityplan-nats";

/** A value of the configuration by its path below the project's namespace, or undefined to take it away. */
export interface Edit {
  readonly path: string;
  readonly value: string | undefined;
}

/** What makes `raw`, the list as the file has it, into `target`. What is removed goes last, so that indices hold. */
export function authorityEdits(raw: unknown, target: readonly Phase[]): Edit[] {
  const present = (Array.isArray(raw) ? raw : []) as readonly { generation?: unknown }[];
  const path = (index: number) => `tls.authorities[${index}]`;
  let next = present.length;
  const changes = target.flatMap(({ generation, phase }): Edit[] => {
    const index = present.findIndex((one) => one?.generation === generation);
    if (index !== -1) return [{ path: `${path(index)}.phase`, value: phase }];
    const added = path(next++);
    return [
      { path: `${added}.generation`, value: String(generation) },
      { path: `${added}.phase`, value: phase },
    ];
  });
  const removals = present.flatMap((one, index): Edit[] =>
    target.some(({ generation }) => generation === one?.generation)
      ? []
      : [{ path: path(index), value: undefined }],
  );
  return [...changes, ...removals.reverse()];
}

/** What the stack's file says below the project's namespace; a secret is as it stands there. */
export function rawConfiguration(stack: string): Readonly<Record<string, unknown>> {
  return ownSections(readFileSync(fileOf(stack), "utf8"));
}

/** Other namespaces have sections of the same names. */
export function ownSections(text: string): Readonly<Record<string, unknown>> {
  const { config } = (load(text) ?? {}) as { config?: Record<string, unknown> };
  const namespace = `${project}:`;
  return Object.fromEntries(
    Object.entries(config ?? {}).flatMap(([key, value]) =>
      key.startsWith(namespace) ? [[key.slice(namespace.length), value]] : [],
    ),
  );
}

/**
 * Makes the edits with Pulumi's own editor, on a copy, and takes only the sections that they are in over into the
 * stack's file: comments, order and spacing of everything else stay.
 * @throws ConfigurationError when the result would be at fault; the file is then as it was
 */
export async function editConfiguration(stack: Stack, edits: readonly Edit[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "unityplan-configuration-"));
  const copy = join(folder, `Pulumi.${stack.name}.yaml`);
  try {
    writeFileSync(copy, readFileSync(stack.configurationFile), { mode: 0o600 });
    for (const { path, value } of edits) {
      const key = `${project}:${path}`;
      const change = value === undefined ? ["rm", "--path", key] : ["set", "--path", key, value];
      await stack.capture(["config", ...change, "--stack", stack.name, "--config-file", copy]);
    }
    const sections = new Set(edits.map(({ path }) => `${project}:${path.split(".")[0]}`));
    const edited = readFileSync(copy, "utf8");
    const text = takenOver(readFileSync(fileOf(stack.name), "utf8"), edited, [...sections]);
    topologyOf(text, stack.name);
    replaceFile(fileOf(stack.name), text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where people write in a style that sections can't be told apart in, the edited text as a whole. */
export function takenOver(text: string, edited: string, sections: readonly string[]): string {
  const spliced = sections.reduce((before, section) => withSection(before, section, edited), text);
  return saysTheSame(spliced, edited) ? spliced : withSalt(edited, text);
}

function saysTheSame(spliced: string, edited: string): boolean {
  try {
    return isDeepStrictEqual(configOf(spliced), configOf(edited));
  } catch {
    return false;
  }
}

function configOf(text: string): unknown {
  return (load(text) as { config?: unknown } | undefined)?.config;
}

function fileOf(stack: string): string {
  return join(projectFolder, `Pulumi.${stack}.yaml`);
}
