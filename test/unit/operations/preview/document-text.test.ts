import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { documentForm } from "../../../../model/canonical-json.ts";
import { compare } from "../../../../operations/preview/compare.ts";
import { type PlanDocument, planDocument } from "../../../../operations/preview/document.ts";
import { documentIn, documentText } from "../../../../operations/preview/document-text.ts";
import { judgeTransition } from "../../../../operations/preview/transition-faults.ts";
import { laterUpdates, topologyOfStack } from "../../../support/golden-stacks.ts";
import { inOldWords } from "../../../support/old-words.ts";

/** As a commit of the release before today's words wrote it. */
function older(name: string): string {
  const file = join(import.meta.dirname, "..", "..", "..", "golden", "plan", name, "document.txt");
  return readFileSync(file, "utf8");
}

const updates = Object.entries(laterUpdates);

describe("the text of a plan document", () => {
  it.each(updates)("is that of older commits, which know no other words: %s", (name, stack) => {
    const document = planDocument(topologyOfStack(stack));
    expect(documentText(document)).toBe(older(name));
    expect(documentText(document)).toMatch(/"phase": "used"/);
    expect(documentText(document)).toMatch(/"without": \[/);
    expect(documentText(planDocument(topologyOfStack(inOldWords(stack))))).toBe(older(name));
  });

  it.each(updates)("is read in today's words: %s", (name, stack) => {
    const document = documentIn(older(name));
    expect(document).toEqual(JSON.parse(documentForm(planDocument(topologyOfStack(stack)))));
    expect(document?.tls.authorities.map(({ phase }) => phase)).toContain("active");
    expect(document?.rollout).not.toHaveProperty("without");
  });

  it.each(updates)("may have today's words: %s", (name, stack) => {
    const text = documentForm(planDocument(topologyOfStack(stack)));
    expect(text).toContain('"phase": "active"');
    expect(documentIn(text)).toEqual(documentIn(older(name)));
  });

  it("is nothing where it is no JSON, and stays as it is where it is of another version", () => {
    expect(documentIn("<html>")).toBeUndefined();
    expect(documentIn('{"version":99}')).toEqual({ version: 99 });
  });
});

describe("a base of the release before", () => {
  it.each(updates)("shows no change, and no fault, beside the same in today's words: %s", (name, stack) => {
    const before = documentIn(older(name)) as PlanDocument;
    const topology = topologyOfStack(stack);
    expect(compare(before, planDocument(topology))).toEqual([]);
    expect(judgeTransition(before, topology, "remote").faults).toEqual([]);
  });

  it("tells which authority is active, so that a transition is judged by it", () => {
    const before = documentIn(older("later")) as PlanDocument;
    const { tls, ...topology } = topologyOfStack(laterUpdates.later);
    const authorities = tls.authorities.map((one) => ({
      ...one,
      phase: one.generation === 1 ? ("outgoing" as const) : ("active" as const),
    }));
    const after = { ...topology, tls: { ...tls, authorities } };
    expect(judgeTransition(before, after, "remote").faults).toEqual([]);
    const untrusted = { ...after, tls: { ...tls, authorities: authorities.slice(1) } };
    expect(judgeTransition(before, untrusted, "remote").faults).toEqual([
      expect.stringContaining("tls.authorities"),
      expect.stringContaining("tls.authorities"),
      expect.stringContaining("tls.authorities"),
    ]);
  });
});
