import type { Topology } from "../../plan/topology.ts";
import { createReport } from "../../toolchain/report.ts";
import { prepare } from "../../toolchain/setup.ts";
import { Failure } from "../cli/command.ts";
import { projectFolder } from "../stack/stack.ts";
import { type Base, findBase, type Otherwise, planAt } from "./base.ts";
import type { Change } from "./changes.ts";
import { compare } from "./compare.ts";
import { describeStack } from "./description.ts";
import type { Previewed } from "./diagnostics.ts";
import type { PlanDocument } from "./document.ts";
import { previewEmptyStack } from "./empty-stack.ts";
import { shownStandIn } from "./stand-ins.ts";
import { judgeTransition } from "./transition-faults.ts";

/** What a change of a stack's configuration or of the program does, as far as that can be told with nothing but files. */
export interface OfflinePreview {
  readonly changes: readonly Change[];
  /** `compared with 1a2b3c4 (merge base of origin/main)`, or why with nothing. */
  readonly comparedWith: string;
  /** Resources that a new stack of this configuration has; 0 where it is refused before any is made. */
  readonly resources: number;
  /** Everything why the configuration would be refused, if the stack is as the base describes it. */
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
  /** Values that stand in: `hosts.oslo.ssh.hostKey (placeholder)`, `tls.leaves.dk.privateKey (secret)`. */
  readonly standIns: readonly string[];
  /** undefined: the configuration is faulty. */
  readonly topology: Topology | undefined;
  /** undefined: there is nothing to compare with. */
  readonly before: PlanDocument | undefined;
}

/**
 * Previews a stack's configuration as it is in the work tree, with no state, no secret, no engine and no host.
 * @throws Failure where there is no such stack, or the base is not in this clone
 */
export async function previewOffline(
  stack: string,
  { base: asked }: { readonly base?: string | undefined },
): Promise<OfflinePreview> {
  const head = describeStack(projectFolder, stack);
  if (head.configuration === undefined) throw new Failure(head.faults.join("\n"));
  const { before, comparedWith } = await comparison(stack, asked);
  const { env } = await prepare({ report: createReport() });
  // The program would say the same again.
  const program: Previewed =
    head.faults.length > 0
      ? { steps: [], created: 0, unchanged: 0, faults: [], warnings: [] }
      : await previewEmptyStack(projectFolder, stack, head.configuration.text, env);
  const { plan, topology } = head;
  const transition =
    before === undefined || topology === undefined
      ? { faults: [], warnings: [] }
      : judgeTransition(before, topology, stack);
  return {
    changes: plan === undefined ? [] : compare(before, plan),
    comparedWith,
    resources: program.created,
    faults: unique([...head.faults, ...program.faults, ...transition.faults]),
    warnings: unique([...head.warnings, ...program.warnings, ...transition.warnings]),
    standIns: head.standIns.map(shownStandIn),
    topology,
    before,
  };
}

interface Comparison {
  readonly before: PlanDocument | undefined;
  readonly comparedWith: string;
}

async function comparison(stack: string, asked: string | undefined): Promise<Comparison> {
  const base = await findBase(projectFolder, asked, process.env);
  if (isNone(base)) return { before: undefined, comparedWith: `compared with nothing: ${base.none}` };
  const plan = await planAt(projectFolder, base, stack, process.env);
  if (!isNone(plan)) return { before: plan, comparedWith: `compared with ${base.name}` };
  return { before: undefined, comparedWith: `compared with nothing, because ${base.name} ${plan.none}` };
}

function isNone<Answer extends Base | PlanDocument>(
  answer: Otherwise<Answer>,
): answer is { readonly none: string } {
  return "none" in answer;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
