import { isDeepStrictEqual } from "node:util";
import { jsonOrText } from "../../plan/config/sections.ts";
import { withConfig } from "./edit.ts";
import type { Values } from "./nodes.ts";
import { ownName, project, type StackFile } from "./read.ts";

const prefix = `${project}:`;

/** The project's own sections by name. Other namespaces may have sections with the same names. */
export function sectionsOf({ config }: StackFile): Values {
  const own = Object.entries(config).filter(([key, value]) => key.startsWith(prefix) && value !== null);
  return Object.fromEntries(
    own.map(([key, value]) => [ownName(key), typeof value === "string" ? jsonOrText(value) : value]),
  );
}

/**
 * The file with these sections. A section that has the value already stays as it is.
 * @throws StackFileError where a section cannot be changed
 */
export function withSections(file: StackFile, sections: Values): StackFile {
  const before = sectionsOf(file);
  const changed = Object.entries(sections).filter(([name, value]) => !isDeepStrictEqual(before[name], value));
  return withConfig(file, Object.fromEntries(changed.map(([name, value]) => [prefix + name, value])));
}
