import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** A workflow as far as it is looked at: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax */
export interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>> | string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly defaults?: { readonly run?: { readonly shell?: string } };
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Job {
  readonly name?: string;
  readonly if?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": unknown };
  readonly env?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly strategy?: { readonly matrix: { readonly stack: readonly string[] } };
  readonly steps: readonly Step[];
}

export interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

const project = join(import.meta.dirname, "..", "..", "..");
const folder = join(project, ".github", "workflows");

export interface File {
  /** As in `check`. */
  readonly name: string;
  readonly text: string;
}

/** Every file that names actions, as text. */
export function actionFiles(): File[] {
  const tools = join(project, ".github", "actions", "tools", "action.yml");
  return [...workflowFiles(), { name: "tools", text: readFileSync(tools, "utf8") }];
}

export function workflowFiles(): File[] {
  return readdirSync(folder)
    .sort()
    .map((file) => ({ name: file.replace(/\.yml$/, ""), text: readFileSync(join(folder, file), "utf8") }));
}

export function workflows(): (Workflow & { readonly file: string })[] {
  return workflowFiles().map(({ name, text }) => ({ ...(parse(text) as Workflow), file: name }));
}

export function workflow(file: string): Workflow {
  const found = workflows().find((candidate) => candidate.file === file);
  if (found === undefined) throw new Error(`there is no workflow ${file}`);
  return found;
}
