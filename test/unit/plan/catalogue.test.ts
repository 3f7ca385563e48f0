import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalogue, territoryOf, territoryStreamName } from "../../../plan/catalogue.ts";

const day = 86_400;
const podId = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/);

describe("the catalogue of dk, no and se", () => {
  const entries = catalogue(["dk", "no", "se"]);

  it("has the five streams of the design", () => {
    const rows = entries.map(({ stream }) => [
      stream.name,
      stream.subjects,
      stream.replicas,
      stream.maxAgeSeconds / day,
      stream.placementTags,
    ]);
    expect(rows).toEqual([
      ["GLOBAL_EVENTS", ["global.>"], 3, 7, []],
      ["CROSS_TERRITORY", ["cross.*.*.>"], 3, 14, []],
      ["TERRITORY_DK", ["territory.dk.>"], 1, 30, ["pod:dk"]],
      ["TERRITORY_NO", ["territory.no.>"], 1, 30, ["pod:no"]],
      ["TERRITORY_SE", ["territory.se.>"], 1, 30, ["pod:se"]],
    ]);
  });

  it("keeps all of them in files, by limits, the oldest discarded first", () => {
    for (const { stream } of entries) {
      expect(stream).toMatchObject({
        storage: "file",
        retention: "limits",
        discard: "old",
        maxBytes: -1,
        maxMessages: -1,
        maxMessagesPerSubject: -1,
        maxMessageSizeBytes: 8_388_608,
        duplicateWindowSeconds: 120,
      });
    }
  });

  it("has the four consumers of the design", () => {
    const consumers = entries.flatMap((entry) => entry.consumers);
    expect(consumers.map(({ stream, name, filterSubjects }) => [stream, name, filterSubjects])).toEqual([
      ["GLOBAL_EVENTS", "global-processor", ["global.>"]],
      ["TERRITORY_DK", "dk-local-processor", ["territory.dk.>"]],
      ["TERRITORY_NO", "no-local-processor", ["territory.no.>"]],
      ["TERRITORY_SE", "se-local-processor", ["territory.se.>"]],
    ]);
    for (const consumer of consumers) {
      expect(consumer).toMatchObject({
        deliverPolicy: "all",
        ackPolicy: "explicit",
        replayPolicy: "instant",
        maxDeliver: -1,
      });
    }
  });
});

describe("the name of a territory's stream", () => {
  it("is another for each pod, and leads back to it", () => {
    fc.assert(
      fc.property(podId, (id) => {
        expect(territoryOf(territoryStreamName(id))).toBe(id);
      }),
    );
  });

  it("keeps dashes", () => {
    expect(territoryStreamName("dk-north")).toBe("TERRITORY_DK-NORTH");
  });

  it("is none of the other streams'", () => {
    expect(territoryOf("GLOBAL_EVENTS")).toBeUndefined();
  });
});
