import { join } from "node:path";
import { stackFile, stackFileName, topologyOf } from "../stack/plan.ts";
import { replaceFile } from "../stack/replace-file.ts";
import { projectFolder } from "../stack/stack.ts";
import { type Values, valuesIn } from "../stack-file/nodes.ts";
import { sectionsOf, withSections } from "../stack-file/sections.ts";
import type { Phase } from "./walk.ts";

/**
 * Changes values in a stack's file. All other bytes of the file stay.
 * @param change returns the sections with their new values
 * @throws StackFileError where a value cannot be changed without another change to the file, and ConfigurationError where
 *   the new configuration has faults. The file then stays as it is
 */
export function editConfiguration(stack: string, change: (sections: Values) => Values): void {
  const file = stackFile(projectFolder, stack);
  const edited = withSections(file, change(sectionsOf(file)));
  topologyOf(edited, stack);
  if (edited.text !== file.text) replaceFile(join(projectFolder, stackFileName(stack)), edited.text);
}

/** The section `tls` with these CAs. Each CA keeps its other keys and its place in the list. */
export function withAuthorities(tls: unknown, target: readonly Phase[]): Values {
  const { authorities } = valuesIn(tls);
  const present = Array.isArray(authorities) ? authorities.map(valuesIn) : [];
  const kept = present.flatMap((one) => {
    const found = target.find(({ generation }) => generation === one.generation);
    return found === undefined ? [] : [{ ...one, phase: found.phase }];
  });
  const added = target.filter(({ generation }) => !present.some((one) => one.generation === generation));
  return {
    ...valuesIn(tls),
    authorities: [...kept, ...added.map(({ generation, phase }) => ({ generation, phase }))],
  };
}

/**
 * A map with another value at a path.
 * @param path the keys from the outside to the inside
 */
export function withValue(before: unknown, [key = "", ...rest]: readonly string[], value: unknown): Values {
  const values = valuesIn(before);
  return { ...values, [key]: rest.length === 0 ? value : withValue(values[key], rest, value) };
}
