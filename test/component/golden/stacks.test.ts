import { describe, expect, it } from "vitest";
import { Goldens } from "../../support/golden.ts";
import { run } from "../../support/golden-program.ts";
import { goldenStacks, laterUpdates } from "../../support/golden-stacks.ts";
import { textsOf } from "../../support/golden-text.ts";
import { inOldWords } from "../../support/old-words.ts";

/**
 * What the program asks the engine for: every URN with its type, its inputs and its options, every label, and every
 * script and file that is carried to a host. A golden value that changes restarts servers, runs scripts again on every
 * host, or replaces resources of stacks that run, so it must be meant: see test/support/golden.ts.
 */
const goldens = new Goldens("stacks");

describe("what a stack is made of", () => {
  it.each(Object.entries(goldenStacks))("%s", { timeout: 60_000 }, async (name, stack) => {
    const { resources, files } = textsOf(await run(stack), name);
    for (const [file, text] of files) await goldens.same(file, text);
    await goldens.same(`${name}/resources.txt`, resources);
  });

  it.each(Object.entries(laterUpdates))("remote, %s", { timeout: 60_000 }, async (name, update) => {
    const before = await run(goldenStacks.remote);
    const texts = textsOf(before, "remote");
    const { resources, files } = textsOf(await run(update, before.left), name, { run: before, texts });
    for (const [file, text] of files) await goldens.same(file, text);
    await goldens.same(`${name}/resources.txt`, resources);
  });

  it.each(Object.entries(laterUpdates))(
    "remote, %s, in old words",
    { timeout: 60_000 },
    async (_, update) => {
      const { left } = await run(goldenStacks.remote);
      const now = await run(update, left);
      const old = await run(inOldWords(update), left);
      expect(old.asked).toEqual(now.asked);
      expect(old.warnings.filter((warning) => !now.warnings.includes(warning))).toEqual([
        expect.stringContaining("the old word for"),
      ]);
    },
  );
});

it("leaves no golden value out", () => {
  expect(goldens.unseen()).toEqual([]);
});
