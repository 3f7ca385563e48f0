import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type StackFiles, TestStack } from "../../harness/stack.ts";

/** A resource as a preview's JSON shows it. */
type ResourceState = Readonly<Record<string, unknown>>;

interface PreviewStep {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: ResourceState;
  readonly newState?: ResourceState;
}

interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly old?: { readonly outputs?: object } | null;
  readonly new?: { readonly outputs?: object } | null;
}

/** A line of the engine's log. */
interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: StepMetadata };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata };
}

export interface FilesPreview {
  /** How many resources the engine has compared, its own default providers among them. */
  readonly compared: number;
  /** All that would be different, also what no plugin takes for a change. As in `update dk-loader: inputs.uploads`. */
  readonly changes: readonly string[];
}

/**
 * What an update with this checkout's program would change in a stack that was deployed elsewhere. Nothing is dialled.
 * The JSON has all states but leaves out outputs and default providers, and the log of the engine has those.
 */
export async function previewOfFiles(files: StackFiles): Promise<FilesPreview> {
  const stack = await TestStack.restore(files);
  try {
    const log = join(stack.folder, "events");
    // `--event-log` is one of Pulumi's flags for debugging.
    stack.env.PULUMI_DEBUG_COMMANDS = "true";
    const flags = ["--json", "--show-sames", "--show-secrets", "--event-log", log];
    const text = await stack.mustPulumi("preview", ...flags);
    const { steps } = JSON.parse(text.slice(text.indexOf("{"))) as { steps: PreviewStep[] };
    const lines = readFileSync(log, "utf8").trim().split("\n");
    return compare(
      steps,
      lines.map((line) => JSON.parse(line) as EngineEvent),
    );
  } finally {
    await stack.dispose();
  }
}

function compare(steps: readonly PreviewStep[], events: readonly EngineEvent[]): FilesPreview {
  const begun = events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []);
  const ended = events.flatMap(({ resOutputsEvent }) => resOutputsEvent?.metadata ?? []);
  const operations = begun.filter(({ op }) => op !== "same").map((step) => ({ step, properties: [] }));
  const states = steps.map((step) => {
    const { oldState, newState } = step;
    return { step, properties: oldState && newState ? differences(oldState, newState) : [] };
  });
  const outputs = ended
    .filter((step) => step.op === "same" && !isDeepStrictEqual(step.old?.outputs, step.new?.outputs))
    .map((step) => ({ step, properties: ["outputs"] }));
  const found = [...operations, ...states.filter(({ properties }) => properties.length > 0), ...outputs];
  return { compared: begun.length, changes: inWords(found) };
}

interface Found {
  readonly step: { readonly op: string; readonly urn: string };
  readonly properties: readonly string[];
}

function inWords(found: readonly Found[]): string[] {
  const byStep = Map.groupBy(
    found,
    ({ step }) => `${step.op} ${step.urn.slice(step.urn.lastIndexOf("::") + 2)}`,
  );
  const lines = [...byStep].map(([step, parts]) => {
    const properties = [...new Set(parts.flatMap((part) => part.properties))];
    return properties.length === 0 ? step : `${step}: ${properties.join(", ")}`;
  });
  return lines.sort();
}

/** A preview does not know them, or they say when and where and not what. */
const notCompared = new Set(["created", "id", "modified", "outputs", "sourcePosition", "stackTrace"]);

function differences(before: ResourceState, after: ResourceState): string[] {
  return differingKeys(before, after)
    .filter((key) => !notCompared.has(key))
    .flatMap((key) => {
      if (key !== "inputs") return [key];
      const inputs = [before.inputs, after.inputs] as [ResourceState | undefined, ResourceState | undefined];
      return differingKeys(inputs[0] ?? {}, inputs[1] ?? {}).map((input) => `inputs.${input}`);
    });
}

function differingKeys(before: ResourceState, after: ResourceState): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys]
    .filter((key) => !isDeepStrictEqual(sorted(key, before[key]), sorted(key, after[key])))
    .sort();
}

/** Dependencies have no order. */
function sorted(key: string, value: unknown): unknown {
  if (key === "dependencies" && Array.isArray(value)) return value.toSorted();
  if (key !== "propertyDependencies" || value === undefined) return value;
  const lists = Object.entries(value as Record<string, string[] | null>);
  return Object.fromEntries(lists.map(([name, urns]) => [name, urns?.toSorted()]));
}
