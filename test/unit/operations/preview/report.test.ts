import { describe, expect, it } from "vitest";
import type { Change } from "../../../../operations/preview/changes.ts";
import { unexpected } from "../../../../operations/preview/expectation.ts";
import { markdownOf } from "../../../../operations/preview/markdown.ts";
import { isRefused, type Report, summaryOf } from "../../../../operations/preview/report.ts";
import { textOf } from "../../../../operations/preview/text.ts";

const quiet: Report = {
  stack: "prod",
  comparedWith: "compared with the stack's state",
  changes: [],
  unchanged: 76,
  mode: "rolling",
  sentences: [],
  failure: undefined,
  faults: [],
  warnings: [],
  unhealthy: [],
  notes: [],
  complete: true,
};
const part = (
  kind: "leaf" | "check" | "authority",
  id: string,
  verb: "replaced" | "changed" | "created",
  path?: string,
): Change => ({
  what: "part",
  kind,
  id,
  verb,
  details: path === undefined ? [] : [{ path, before: "a", after: "b" }],
});
const reload = (id: string, path?: string): Change => ({
  what: "server",
  id,
  verb: "reloaded",
  details: path === undefined ? [] : [{ path, before: "max_payload: 1", after: undefined }],
});
const restart = (id: string): Change => ({ what: "server", id, verb: "restarted", details: [] });

describe("the summary of a report", () => {
  it("counts what is created, changed, reloaded, restarted, replaced and deleted", () => {
    const stream = { what: "stream", id: "X", before: undefined, after: undefined, details: [] } as const;
    const changes: Change[] = [
      restart("dk"),
      restart("no"),
      reload("se"),
      { ...stream, verb: "created" },
      { ...stream, verb: "changed" },
      { ...stream, verb: "replaced" },
      { ...stream, verb: "deleted" },
      part("check", "trust", "changed"),
    ];
    expect(summaryOf({ ...quiet, changes })).toBe(
      "1 created, 1 changed in place, 1 reloaded, 2 restarted one by one, 1 replaced, 1 deleted; 76 resources unchanged",
    );
    expect(summaryOf({ ...quiet, changes, mode: "parallel" })).toContain("2 restarted,");
  });

  it("says that nothing changes, also where checks run again, and what is refused", () => {
    expect(summaryOf(quiet)).toBe("nothing changes; 76 resources unchanged");
    expect(summaryOf({ ...quiet, changes: [part("check", "trust", "changed")] })).toContain(
      "only checks run again",
    );
    expect(summaryOf({ ...quiet, faults: ["no"], unchanged: undefined })).toBe("refused");
    const refused = {
      ...quiet,
      changes: [reload("dk")],
      sentences: [{ tone: "refused", text: "no" }] as const,
    };
    expect(summaryOf(refused)).toContain("REFUSED: 1 reloaded");
    expect([isRefused(quiet), isRefused(refused)]).toEqual([false, true]);
  });
});

const full: Report = {
  ...quiet,
  changes: [reload("dk", "nats.conf"), part("leaf", "dk", "replaced"), part("check", "dk-node", "changed")],
  sentences: [
    { tone: "refused", text: "GLOBAL_EVENTS would lose its 3 messages." },
    { tone: "says", text: "1 server (dk) reloads, none restarts: `up` says so." },
  ],
  faults: ["one\ntwo <host key of oslo>"],
  warnings: ["mind @everyone and *this*"],
  unhealthy: ["no does not answer"],
  notes: ["a note"],
};

describe("a report", () => {
  it("is text for a terminal", () => {
    expect(textOf(full)).toBe(`prod: REFUSED: 1 reloaded, 1 replaced; 76 resources unchanged
  compared with the stack's state

REFUSED: one
two <host key of oslo>

- REFUSED: GLOBAL_EVENTS would lose its 3 messages.
- 1 server (dk) reloads, none restarts: \`up\` says so.

Warning: mind @everyone and *this*

Unhealthy now, before any change: no does not answer

Details:
! server dk: reloaded
-     nats.conf: max_payload: 1
! certificate of dk: replaced
  checks that run again: dk-node

a note

\`up\` would be refused.
`);
  });

  it("is markdown with its details folded, in which a configuration's words mark, link and mention nothing", () => {
    const text = markdownOf(full);
    expect(text).toContain("### ❌ prod: REFUSED: 1 reloaded");
    expect(text).toContain("```\none\ntwo <host key of oslo>\n```");
    expect(text).toContain("- **REFUSED:** GLOBAL\\_EVENTS would lose its 3 messages.");
    expect(text).toContain("none restarts: \\`up\\` says so.");
    expect(text).toContain("mind &#64;everyone and \\*this\\*");
    expect(text).toContain("<details><summary>Details</summary>\n\n```diff\n! server dk: reloaded");
    expect(text).toContain("<sub>Compared with the stack's state.</sub>");
  });

  it("takes no backtick, address or HTML of a configuration for its own", () => {
    const text = markdownOf({ ...quiet, warnings: ["`` `x`` <img src=x>\n\n1. https://evil www.evil &lt;"] });
    expect(text).toContain("⚠️ \\`\\` \\`x\\`\\` &lt;img src=x\\> 1. https&#58;//evil www&#46;evil &amp;lt;");
  });

  it("says that the preview failed, and not that `up` would", () => {
    const failed: Report = { ...quiet, failure: "the backend is away" };
    expect(textOf(failed)).toContain("prod: the preview failed");
    expect(textOf(failed)).not.toContain("refused");
    expect(markdownOf(failed)).toContain("### ❌ prod: the preview failed\n\n```\nthe backend is away\n```");
  });

  it("brings no control character to a terminal", () => {
    expect(textOf({ ...quiet, warnings: ["a\u001b[31m\rb"] })).toContain("Warning: a[31mb");
  });

  it("is not ended by backticks in a fault", () => {
    expect(markdownOf({ ...quiet, faults: ["a ``` b"] })).toContain("````\na ``` b\n````");
  });
});

describe("what a scheduled run expects", () => {
  it("of nothing is nothing at all, not even a check", () => {
    expect(unexpected([], "nothing")).toEqual([]);
    expect(unexpected([part("check", "trust", "changed")], "nothing")).toHaveLength(1);
  });

  it("of a renewal is certificates, the reloads that bring them, and checks", () => {
    const renewal = [
      reload("dk"),
      part("leaf", "dk", "replaced"),
      part("check", "dk-node", "changed", "filesDigest"),
    ];
    expect(unexpected(renewal, "renewal")).toEqual([]);
  });

  it.each([
    ["a line of nats.conf", [reload("dk", "nats.conf"), part("leaf", "dk", "replaced")]],
    ["a reload without a new certificate", [reload("dk")]],
    ["a restart", [restart("dk"), part("leaf", "dk", "replaced")]],
    ["another authority", [part("authority", "2", "created")]],
    ["another bundle of authorities", [part("check", "trust", "changed", "authorities.2")]],
    ["another lifetime", [reload("dk"), part("leaf", "dk", "replaced", "lifetimeHours")]],
    ["other names", [reload("dk"), part("leaf", "dk", "replaced", "names[0]")]],
    ["another image of a loader", [reload("dk", "image"), part("leaf", "dk", "replaced", "dueAt")]],
    ["a check of other servers", [part("check", "hosts", "changed", "servers")]],
    ["a certificate for somebody new", [part("leaf", "app", "created")]],
  ] as const)("of a renewal is not %s", (_, changes) => {
    expect(unexpected(changes, "renewal")).not.toEqual([]);
  });
});
