import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

/**
 * Golden values: texts in test/golden on which running stacks depend, byte for byte. A change of one restarts servers,
 * runs scripts again on every host, or replaces resources of stacks that run, and what is found again by such a text (a
 * marker, a label, a metadata key) is not found any more. So it must be meant: look at what the change does to a stack
 * that runs, say so in the commit, and only then write the values anew with `vitest run --project unit golden --update`.
 * A new golden value begins as an empty file of its name, because one that is missing fails.
 */
const folder = join(import.meta.dirname, "..", "golden");

/** The golden values of one folder in test/golden, all of which one test file compares. */
export class Goldens {
  private readonly folder: string;
  private readonly seen = new Set<string>();

  constructor(name: string) {
    this.folder = join(folder, name);
  }

  /** @param file as in `dev/plan.txt` */
  async same(file: string, text: string): Promise<void> {
    this.seen.add(file);
    const path = join(this.folder, file);
    // A run that is not told to update would write it, and pass.
    expect.soft(existsSync(path), `there is no golden value ${path}`).toBe(true);
    if (existsSync(path)) await expect.soft(text).toMatchFileSnapshot(path);
  }

  /** Golden values that nothing was compared with, so that none is left behind or dropped unnoticed. */
  unseen(): string[] {
    const files = readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1));
    return files.filter((file) => !this.seen.has(file)).sort();
  }
}

/** JSON whose keys are sorted, for what has no order of its own. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, part: unknown) => {
      if (typeof part === "symbol") return `<${part.description}>`;
      if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
      return Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)));
    },
    2,
  );
}
