import { join } from "node:path";
import type { StackFiles } from "./stack.ts";

/** Stacks that were deployed for real with an earlier commit's program. `renew-fixtures.ts` makes them. */
export const fixtureNames = ["dev", "prod"] as const;

export type FixtureName = (typeof fixtureNames)[number];

export const fixturesFolder = join(import.meta.dirname, "..", "test", "fixtures");

/** Holds the hash of the commit whose program has deployed them. */
export const commitFile = join(fixturesFolder, "commit");

/** The command that renews them. */
export const renewal = "node_modules/.bin/node harness/renew-fixtures.ts";

export function fixtureFiles(name: FixtureName, folder = fixturesFolder): StackFiles {
  return { configuration: join(folder, `${name}.yaml`), state: join(folder, `${name}.json`) };
}
