import { afterEach, describe, expect, it } from "vitest";
import { assertLoopDisks } from "../../harness/power/disk.ts";
import { readCopies, type Stored } from "../support/power/copies.ts";
import { compare, type Findings, nothingWrong } from "../support/power/findings.ts";
import { type Lane, type Ledger, Load } from "../support/power/load.ts";
import { PoweredStack } from "../support/power/powered-stack.ts";

/** Through each pod one connection into the stream that is on all servers, and one into the pod's own. */
const lanes: readonly Lane[] = ["dk", "no", "se"].flatMap((podId) => [
  { podId, stream: "GLOBAL_EVENTS", subject: "global.user.registered" },
  { podId, stream: `TERRITORY_${podId.toUpperCase()}`, subject: `territory.${podId}.user.login` },
]);
const streams = [...new Set(lanes.map(({ stream }) => stream))];
const copiesOf = { GLOBAL_EVENTS: 3, TERRITORY_DK: 1, TERRITORY_NO: 1, TERRITORY_SE: 1 };

/** Long enough for all of the streams to be in full flow, and far too short for the kernel to write back by itself. */
const acknowledgedBeforeTheCut = 500;

let powered: PoweredStack | undefined;
let load: Load | undefined;

interface CopyFindings {
  readonly stream: string;
  readonly findings: Findings;
}

/** What is wrong with each copy of each stream after the power was cut in the middle of publishing and is back. */
async function powerCutUnderLoad(durability: string): Promise<CopyFindings[]> {
  await assertLoopDisks();
  powered = await PoweredStack.create(durability);
  await powered.up();
  load = new Load();
  await load.start(powered.stack, lanes);
  await load.acknowledged(streams, acknowledgedBeforeTheCut);
  await powered.freeze();
  const ledger = await load.stop();
  await powered.powerOn();

  const connection = await powered.stack.connect("dk");
  try {
    const copies = [];
    for (const stream of streams) copies.push(...(await readCopies(connection, stream)));
    return copies.map((copy) => ({ stream: copy.stream, findings: compare(ledger, copy) }));
  } finally {
    await connection.close();
  }
}

function countByStream(copies: readonly CopyFindings[]): Record<string, number> {
  const byStream = Map.groupBy(copies, ({ stream }) => stream);
  return Object.fromEntries([...byStream].map(([stream, same]) => [stream, same.length]));
}

afterEach(async () => {
  await load?.stop();
  await powered?.dispose();
  [load, powered] = [undefined, undefined];
});

describe("what is held against the acknowledgements", () => {
  const ledger: Ledger = new Map([
    ["kept", { stream: "S", content: "a", acknowledged: 1 }],
    ["gone", { stream: "S", content: "b", acknowledged: 2 }],
    ["unanswered", { stream: "S", content: "c" }],
    ["elsewhere", { stream: "T", content: "d", acknowledged: 1 }],
  ]);
  const found = (...messages: Stored[]) => compare(ledger, { stream: "S", server: "dk", messages });
  const kept = { sequence: 1, id: "kept", content: "a" };
  const gone = { sequence: 2, id: "gone", content: "b" };
  const unanswered = { sequence: 3, id: "unanswered", content: "c" };

  it("owes nothing for a message without an acknowledgement, there or not", () => {
    expect(found(kept, gone)).toEqual(nothingWrong);
    expect(found(kept, gone, unanswered)).toEqual(nothingWrong);
  });

  it("names what is lost, repeated, altered and never published", () => {
    expect(found(kept)).toEqual({ ...nothingWrong, lost: ["gone"] });
    expect(found(kept, gone, unanswered, { ...unanswered, sequence: 4 }).repeated).toEqual(["unanswered"]);
    expect(found({ ...kept, content: "" }, gone).altered).toEqual(["kept"]);
    expect(found({ ...kept, sequence: 5 }, gone).altered).toEqual(["kept"]);
    expect(found({ ...unanswered, content: "" }, kept, gone).altered).toEqual(["unanswered"]);
    expect(found(kept, gone, { ...kept, id: "elsewhere" }).strange).toEqual(["elsewhere"]);
  });
});

describe("a power cut of all servers at once, while six connections publish", () => {
  it("leaves everything that was acknowledged in every copy, once and as it was sent", async () => {
    const copies = await powerCutUnderLoad("always");
    expect(countByStream(copies)).toEqual(copiesOf);
    for (const { stream, findings } of copies) expect(findings, stream).toEqual(nothingWrong);
  });

  it("does lose acknowledged messages of every stream when they are only synced every 2 minutes, which proves the test", async () => {
    const copies = await powerCutUnderLoad("2m");
    expect(countByStream(copies)).toEqual(copiesOf);
    for (const { stream, findings } of copies) expect(findings.lost.length, stream).toBeGreaterThan(0);
  });
});
