import { ConfigurationError } from "../../plan/config/faults.ts";
import { Failure } from "../cli/command.ts";
import { stackFile, warningsOf } from "../stack/plan.ts";
import { projectFolder, Stack } from "../stack/stack.ts";
import type { Change } from "./changes.ts";
import { confDetails, previewState } from "./from-state.ts";
import { askServers, type Live } from "./live.ts";
import { meaningOf, nothingSaid } from "./meaning.ts";
import { previewOffline } from "./offline.ts";
import type { Report } from "./report.ts";
import { changesOf } from "./steps.ts";

interface Looking {
  readonly live: boolean;
  readonly refresh: boolean;
}

/** What `up` would do to a stack, by its state. */
export async function stateReport(name: string, { live, refresh }: Looking): Promise<Report> {
  const misreadings: string[] = [];
  const stack = await Stack.open(name, { engine: refresh, warn: (warning) => misreadings.push(warning) });
  await stack.create();
  const looked = [...(refresh ? ["what is there"] : []), ...(live ? ["the servers"] : [])];
  process.stderr.write(`looking at the state of ${[name, ...looked].join(", ")} …\n`);
  const { steps, unchanged, faults, warnings } = await previewState(stack, refresh ? ["--refresh"] : []);
  const confs = confDetails(await stack.resources("shown"), stack.topology);
  const changes = faults.length > 0 ? [] : changesOf(steps, confs);
  const asked = live ? await ask(stack, changes) : nobodyAsked;
  return {
    stack: name,
    comparedWith: `compared with ${refresh ? "what is there now" : "the stack's state"}`,
    changes,
    unchanged: faults.length > 0 ? undefined : unchanged,
    mode: stack.topology.rollout.mode,
    sentences: meaningOf(changes, stack.topology, asked),
    failure: undefined,
    faults: [...faults, ...asked.faults],
    warnings: [...misreadings, ...warnings, ...(asked.look?.warnings ?? [])],
    unhealthy: asked.unhealthy,
    notes: [
      ...asked.notes,
      ...(refresh && changes.length > 0
        ? [
            `\`up\` compares with the state, and the state does not have this drift yet. To fix the drift, run \`npm run up -- --refresh ${name}\`.`,
          ]
        : []),
    ],
    complete: asked.complete,
  };
}

interface Answers extends Live {
  readonly notes: readonly string[];
}

const nobodyAsked: Answers = {
  ...nothingSaid,
  look: undefined,
  faults: [],
  unhealthy: [],
  complete: true,
  notes: [],
};

async function ask(stack: Stack, changes: readonly Change[]): Promise<Answers> {
  try {
    const answers = await askServers(stack, changes);
    const objection =
      answers.faults.length === 0 ? ": no certificate and no session prevents this update" : "";
    return { ...answers, notes: answers.complete ? [`The servers were asked${objection}.`] : [] };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...nobodyAsked, complete: false, notes: [`The servers were not asked: ${error.message}.`] };
  }
}

/** What a branch changes of a stack's plan. */
export async function offlineReport(name: string, base: string | undefined): Promise<Report> {
  const found = await previewOffline(name, base === undefined ? {} : { base });
  const { changes, comparedWith, faults, warnings, standIns, resources, topology } = found;
  const rollout = topology?.rollout ?? { mode: "parallel", order: [], skip: [], lose: [] };
  return {
    stack: name,
    comparedWith,
    changes,
    unchanged: undefined,
    mode: rollout.mode,
    sentences: meaningOf(changes, { rollout, streams: topology?.streams ?? [] }),
    failure: undefined,
    faults,
    warnings,
    unhealthy: [],
    notes: [
      ...(faults.length > 0
        ? []
        : [`Pulumi accepts the configuration: ${resources} resources for a new stack.`]),
      ...(standIns.length > 0 ? [`Stand-ins were used for ${standIns.join(", ")}.`] : []),
      "Offline: neither the stack's state nor its servers were asked.",
    ],
    complete: true,
  };
}

/** A preview that ended early, for a reason that a person has to fix. */
export function failedReport(stack: string, error: unknown): Report {
  const words = error instanceof Error ? error.message : String(error);
  const isFault = error instanceof ConfigurationError;
  return {
    stack,
    comparedWith: "compared with nothing: the preview ended early",
    changes: [],
    unchanged: undefined,
    mode: "parallel",
    sentences: [],
    failure: isFault ? undefined : words,
    faults: isFault ? [words] : [],
    warnings: isFault ? warningsOf(stackFile(projectFolder, stack)) : [],
    unhealthy: [],
    notes: [],
    complete: true,
  };
}
