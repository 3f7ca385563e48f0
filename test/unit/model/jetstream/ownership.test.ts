import { describe, expect, it } from "vitest";
import {
  belongsTo,
  type Found,
  generationFor,
  gone,
  isOfStack,
  leftAlone,
  type Mark,
  marked,
  markIn,
  missingMark,
  newGeneration,
  notOurs,
  refusedTakeOver,
  standing,
  tagFault,
  takenOver,
} from "../../../../model/jetstream/ownership.ts";

const owner = { project: "unityplan-nats", stack: "dev", name: "global" };
const mark: Mark = { ...owner, generation: "g1" };
const known = { generation: "g1", created: "2026-01-01T00:00:00Z" };

function found(changes: Partial<Mark> | undefined, created = known.created): Found {
  return { mark: changes === undefined ? undefined : { ...mark, ...changes }, created };
}

describe("the mark in an object's metadata", () => {
  it("is read back as it was written", () => {
    expect(markIn(marked(undefined, mark))).toEqual(mark);
  });

  it("leaves the keys of others where they are", () => {
    expect(marked({ team: "events" }, mark)).toMatchObject({ team: "events" });
  });

  it("leaves out what the server writes itself", () => {
    expect(marked({ "_nats.ver": "2.15.1" }, mark)).not.toHaveProperty(["_nats.ver"]);
  });

  it("replaces an older mark", () => {
    const older = marked({}, { project: "other", stack: "prod", name: "x", generation: "g0" });
    expect(markIn(marked(older, mark))).toEqual(mark);
  });

  it("is none when any part of it is missing", () => {
    for (const key of Object.keys(marked({}, mark))) {
      const { [key]: _, ...rest } = marked({}, mark);
      expect(markIn(rest)).toBeUndefined();
    }
    expect(markIn(undefined)).toBeUndefined();
  });

  it("has another generation every time", () => {
    expect(newGeneration()).not.toBe(newGeneration());
  });
});

describe("taking over", () => {
  it("is allowed for whatever the same stack made, also under another name", () => {
    expect(isOfStack({ ...mark, name: "renamed", generation: "g9" }, owner)).toBe(true);
  });

  it("is not allowed for another stack's, another project's or nobody's", () => {
    expect(isOfStack({ ...mark, stack: "prod" }, owner)).toBe(false);
    expect(isOfStack({ ...mark, project: "other" }, owner)).toBe(false);
    expect(isOfStack(undefined, owner)).toBe(false);
  });
});

describe("the standing of what is there", () => {
  it.each([
    ["same", "the generation of the state", found({})],
    [
      "same",
      "the generation of the state, although a backup was restored",
      found({}, "2027-02-02T00:00:00Z"),
    ],
    ["same", "the generation of the state under the resource's former name", found({ name: "before" })],
    ["same", "no mark, but the time of the state", found(undefined)],
    ["ours", "this resource's mark of another life", found({ generation: "g2" })],
    ["sibling", "the mark of another resource of the stack", found({ generation: "g2", name: "other" })],
    ["foreign", "the mark of another stack", found({ generation: "g2", stack: "prod" })],
    ["foreign", "the mark of another project", found({ generation: "g2", project: "other" })],
    ["remade", "no mark and another time", found(undefined, "2027-02-02T00:00:00Z")],
  ] as const)("is %s with %s", (expected, _, there) => {
    expect(standing(there, known, owner)).toBe(expected);
  });

  it("of an imported one without a mark goes by its time", () => {
    expect(standing(found(undefined), { ...known, generation: "" }, owner)).toBe("same");
    expect(standing(found(undefined, "2027-02-02T00:00:00Z"), { ...known, generation: "" }, owner)).toBe(
      "remade",
    );
  });
});

describe("the owner tag of the object in the state", () => {
  it.each([
    ["missing", "no tag", found(undefined)],
    ["outdated", "the stack before a rename", found({ stack: "before" })],
    ["outdated", "the project before a rename", found({ project: "before" })],
    ["outdated", "the resource before a rename", found({ name: "before" })],
    [undefined, "the tag as it was written", found({})],
    [
      undefined,
      "another stack with another generation, which owns the object",
      found({ stack: "b", generation: "g2" }),
    ],
    [undefined, "this stack with another generation, which the state follows", found({ generation: "g2" })],
    [undefined, "no tag on an object that was recreated", found(undefined, "2027-02-02T00:00:00Z")],
  ])("is %s with %s", (fault, _, there) => {
    expect(tagFault(there, known, owner)).toBe(fault);
  });

  it("is outdated on an import from another stack, and not missing on an import of what was made by hand", () => {
    expect(tagFault(found({ stack: "prod" }), undefined, owner)).toBe("outdated");
    expect(tagFault(found(undefined), undefined, owner)).toBeUndefined();
    expect(tagFault(found(undefined), { ...known, generation: "" }, owner)).toBeUndefined();
  });

  it("is what an update writes again", () => {
    expect(missingMark(known)).toEqual([]);
    expect(missingMark({ ...known, generation: "" })).toMatchObject([{ path: "generation", isOutput: true }]);
    expect(missingMark({ ...known, ownerTag: "missing" })).toMatchObject([
      { path: "ownerTag", replaces: false, isOutput: true },
    ]);
  });
});

describe("the generation that an update writes", () => {
  it("stays the one of the state", () => {
    expect(generationFor(found({}), known, owner)).toBe("g1");
    expect(generationFor(found(undefined), known, owner)).toBe("g1");
  });

  it("is new for what was imported without a mark", () => {
    expect(generationFor(found(undefined), { ...known, generation: "" }, owner)).toMatch(/^[0-9a-f]{16}$/);
  });

  it("is new for what was imported from another stack, so that this one no longer takes it for its own", () => {
    expect(generationFor(found({ stack: "prod" }), known, owner)).not.toBe("g1");
  });
});

describe("an update", () => {
  it("may change what is the same or ours", () => {
    expect(notOurs("stream X", found({}), known, owner)).toBeUndefined();
    expect(notOurs("stream X", found({ generation: "g2" }), known, owner)).toBeUndefined();
  });

  it("may not change what another resource of the stack took over, and says which", () => {
    expect(notOurs("stream X", found({ generation: "g2", name: "other" }), known, owner)).toBe(
      'the stream X is not the one in the state: it belongs to the resource "other" of the stack unityplan-nats/dev; ' +
        "remove one of the two resources from the program",
    );
  });

  it("may not change what was made anew by hand, and says what to do", () => {
    expect(notOurs("stream X", found(undefined, "2027-02-02T00:00:00Z"), known, owner)).toBe(
      "the stream X is not the one in the state: it was made outside of Pulumi; " +
        "run `pulumi refresh`, and the state follows what is there",
    );
  });

  it("names the stack that something belongs to", () => {
    expect(belongsTo(mark)).toBe('belongs to the resource "global" of the stack unityplan-nats/dev');
  });
});

describe("what is said of an object that another life of the program has", () => {
  const urn =
    "urn:pulumi:dev::unityplan-nats::unityplan:nats:Cluster$unityplan:jetstream:Stream$nats:jetstream:Stream::X";

  it("a create that may not take over names the owner, and the command that imports", () => {
    const refused = refusedTakeOver("stream X", urn, "X", undefined);
    expect(refused).toMatch(
      /^a stream X exists already and was made outside of Pulumi\. To let this stack manage it, run `npm run pulumi -- import nats:jetstream:Stream X X --stack dev .*`\. Otherwise give the new one another name$/,
    );
    expect(refusedTakeOver("stream X", urn, "X", { ...mark, stack: "prod" })).toContain(
      'a stream X exists already and belongs to the resource "global" of the stack unityplan-nats/prod. ',
    );
  });

  it("a take-over names the other resource", () => {
    expect(takenOver("stream X", mark)).toBe(
      'the stream X was taken over from the resource "global" of this stack; ' +
        'if "global" is still in the program, remove one of the two resources',
    );
  });

  it("a deletion that leaves the object alone says whose the object is", () => {
    expect(leftAlone("stream X", found({ name: "after" }))).toBe(
      "the stream X was not deleted, because it is not the one in the state: " +
        'it belongs to the resource "after" of the stack unityplan-nats/dev',
    );
  });

  it("an update that finds nothing names the two commands", () => {
    expect(gone("stream X")).toBe(
      "the stream X is gone; run `pulumi refresh`, and the next `pulumi up` recreates it",
    );
  });
});
