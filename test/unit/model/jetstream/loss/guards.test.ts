import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { guards, guardTable } from "../../../../../model/jetstream/loss/guards.ts";

const project = join(import.meta.dirname, "..", "..", "..", "..", "..");

/** The text of every file of a room, its templates' values and line ends taken out. */
function textsOf(room: string): string {
  return readdirSync(join(project, room), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith("guards.ts"))
    .map((file) => readFileSync(join(project, room, file), "utf8"))
    .join("\n")
    .replaceAll(/["`] \+\n\s*["`]/g, "");
}

const words = ["model", "plan", "client", "provider", "operations"].map(textsOf).join("\n");

it.each(guards)("$when: the refusal is said word for word", ({ refusal }) => {
  expect(words).toContain(refusal);
});

it("is in the documents as it is", () => {
  expect(readFileSync(join(project, "docs", "losses.md"), "utf8")).toContain(`\n${guardTable()}\n`);
});
