import { describe, expect, it } from "vitest";
import type { JszAccount } from "../../../../model/jetstream/held.ts";
import { beforeAdoption } from "../../../../operations/adopt/in-memory.ts";
import { nextCommands } from "../../../../operations/adopt/report.ts";

type Stream = NonNullable<JszAccount["stream_detail"]>[number];

function stream(name: string, messages: number, storage: "file" | "memory" = "memory"): Stream {
  return {
    name,
    cluster: { leader: "nats-dk", replicas: [] },
    config: { storage, num_replicas: 3, subjects: [] },
    state: { messages, bytes: messages, last_seq: messages, consumer_count: 0 },
  };
}

function server(id: string, ...accounts: JszAccount[]) {
  const varz = { server_name: `nats-${id}`, version: "", port: 0, http_port: 0, max_payload: 0 };
  return { varz, accounts };
}

/** The leader tells of 50 messages, the other copy of fewer. */
const servers = [
  server("dk", { name: "$G", stream_detail: [stream("CACHE", 50), stream("DISK", 9, "file")] }),
  server(
    "no",
    { name: "$G", stream_detail: [stream("CACHE", 49), stream("EMPTY", 0)] },
    { name: "TEAM", stream_detail: [stream("$MQTT_sess", 1)] },
  ),
];
const counted = "CACHE with 50 messages, $MQTT_sess (account TEAM) with 1 message";
const text =
  "An adoption stops all of these servers at once. These streams are in memory and would be lost then: " +
  `${counted}.`;
const nothing = { lose: [], allowed: [] };

describe("streams in memory of a cluster that is to be adopted", () => {
  it("are asked about, those of all accounts, each once", () => {
    expect(beforeAdoption({ servers, consents: nothing, yes: false })).toEqual({
      warnings: [],
      refusal: undefined,
      question: { text, fix: "Say `--yes --lose 'CACHE,$MQTT_sess'` if you mean it." },
      lost: counted,
    });
  });

  it("are not given up by --yes alone", () => {
    expect(beforeAdoption({ servers, consents: nothing, yes: true })).toMatchObject({
      refusal: `${text}\nNothing was written. To consent to the loss, say \`--lose 'CACHE,$MQTT_sess'\`.`,
      question: undefined,
    });
  });

  it("are named as long as one is not given up", () => {
    const { refusal } = beforeAdoption({
      servers,
      consents: { lose: ["$MQTT_sess"], allowed: [] },
      yes: true,
    });
    expect(refusal).toContain("would be lost then: CACHE with 50 messages.\n");
    // Of two `--lose` the last one counts, so the words have both names.
    expect(refusal).toContain("To consent to the loss, say `--lose 'CACHE,$MQTT_sess'`");
  });

  it("go when all are given up, with a warning of what was given up for nothing", () => {
    const consents = { lose: ["$MQTT_sess", "DISK", "NOBODY"], allowed: ["CACHE"] };
    for (const yes of [true, false]) {
      expect(beforeAdoption({ servers, consents, yes })).toEqual({
        warnings: [
          "--lose DISK: the stream DISK loses nothing here",
          "--lose NOBODY: no server has a stream NOBODY",
        ],
        refusal: undefined,
        question: undefined,
        lost: counted,
      });
    }
  });

  it("are in nobody's way where none holds messages", () => {
    const empty = [
      server("dk", { name: "$G", stream_detail: [stream("EMPTY", 0), stream("DISK", 9, "file")] }),
    ];
    expect(beforeAdoption({ servers: empty, consents: nothing, yes: true })).toEqual({
      warnings: [],
      refusal: undefined,
      question: undefined,
      lost: undefined,
    });
  });

  it("are in one line of what to run next, if anything goes", () => {
    const line = "     streams in memory are lost: CACHE with 50 messages\n     docker stop ";
    expect(nextCommands("dev", "adopt.json", [], "CACHE with 50 messages")).toContain(line);
    expect(nextCommands("dev", "adopt.json", [])).not.toContain("memory");
  });
});
