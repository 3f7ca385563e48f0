import { describe, expect, it } from "vitest";
import type { HeldStream } from "../../../../model/jetstream/held.ts";
import { beforeStop, type Looked, type Stopping } from "../../../../operations/down/in-memory.ts";

function held(name: string, changes: Partial<HeldStream> = {}): HeldStream {
  return {
    ...{ account: "$G", name, storage: "memory", subjects: [], leader: "a", copies: 3, replicas: [] },
    ...{ messages: 100, bytes: 1000, consumers: 0, lastSequences: {}, ...changes },
  };
}

function told(streams: readonly HeldStream[], silent: readonly string[] = []): Looked {
  return { kind: "told", held: { servers: ["a", "b"], streams }, silent };
}

const cache = held("CACHE");
const sessions = held("$MQTT_sess", { account: "TEAM", messages: 1, consumers: 2 });
const disk = held("DISK", { storage: "file" });
const nothing = { lose: [], allowed: [] };

function stopping(changes: Partial<Stopping>) {
  return beforeStop({
    stack: "dev",
    looked: told([cache, sessions, disk]),
    consents: nothing,
    yes: false,
    ...changes,
  });
}

describe("streams in memory, when every server is to stop", () => {
  it("are named with their messages, whoever made them, and asked about on every stack", () => {
    for (const stack of ["dev", "prod"]) {
      expect(stopping({ stack })).toEqual({
        warnings: [],
        refusal: undefined,
        question: {
          text:
            `This stops every server of ${stack}. These streams are in memory and would be lost: CACHE with 100 ` +
            "messages, $MQTT_sess (account TEAM) with 1 message and 2 consumers.",
          fix: "Say `--yes --lose 'CACHE,$MQTT_sess'` if you mean it.",
        },
      });
    }
  });

  it("are not given up by --yes alone", () => {
    expect(stopping({ yes: true })).toEqual({
      warnings: [],
      refusal:
        "Nothing was stopped. These streams are in memory and would be lost: CACHE with 100 messages, $MQTT_sess " +
        "(account TEAM) with 1 message and 2 consumers.\nTo consent to the loss, say `--lose 'CACHE,$MQTT_sess'` in this " +
        "run. For a stream of the configuration, allowDataLoss: true also consents.",
      question: undefined,
    });
  });

  it("are refused as long as one of them is not given up", () => {
    const { refusal } = stopping({ yes: true, consents: { lose: ["CACHE"], allowed: [] } });
    expect(refusal).toContain("would be lost: $MQTT_sess (account TEAM) with 1 message");
    // Of two `--lose` the last one counts, so the words have both names.
    expect(refusal).toContain("To consent to the loss, say `--lose 'CACHE,$MQTT_sess'`");
  });

  it("go with a word where all of them are given up", () => {
    const consents = { lose: ["$MQTT_sess"], allowed: ["CACHE"] };
    for (const yes of [true, false]) {
      const { warnings, refusal, question } = stopping({ yes, consents });
      expect(warnings).toEqual([
        "These streams are in memory and are lost: CACHE with 100 messages, $MQTT_sess (account TEAM) with 1 message " +
          "and 2 consumers.",
      ]);
      expect([refusal, question]).toEqual([undefined, undefined]);
    }
  });

  it("are no stream of somebody else's account for a configuration that gives up the name", () => {
    const looked = told([held("CACHE", { account: "TEAM" })]);
    expect(stopping({ looked, yes: true, consents: { lose: [], allowed: ["CACHE"] } }).refusal).toContain(
      "CACHE (account TEAM) with 100 messages",
    );
  });

  it("are part of the question that other stacks than dev get anyway", () => {
    const all = { stack: "prod", consents: { lose: ["CACHE", "$MQTT_sess"], allowed: [] } };
    expect(stopping(all).question).toEqual({
      text:
        "This stops every server of prod. The data in volumes stays. These streams are in memory and are lost: CACHE " +
        "with 100 messages, $MQTT_sess (account TEAM) with 1 message and 2 consumers.",
      fix: "Say --yes if you mean it.",
    });
    expect(stopping({ ...all, yes: true }).question).toBeUndefined();
  });

  it("lose nothing while they are empty", () => {
    const looked = told([held("CACHE", { messages: 0, consumers: 1 }), disk]);
    const none = { warnings: [], refusal: undefined, question: undefined };
    expect(stopping({ looked })).toEqual(none);
    expect(stopping({ looked, yes: true })).toEqual(none);
    expect(stopping({ looked, stack: "prod" }).question?.text).toBe(
      "This stops every server of prod. The data stays.",
    );
  });

  it("are warned of where somebody gives up what loses nothing, or what is not there", () => {
    const consents = { lose: ["CACHE", "DISK", "NOBODY"], allowed: ["OTHER"] };
    expect(stopping({ looked: told([cache, disk]), yes: true, consents }).warnings).toEqual([
      "--lose DISK: the stream DISK loses nothing here",
      "--lose NOBODY: no server has a stream NOBODY",
      "These streams are in memory and are lost: CACHE with 100 messages.",
    ]);
  });
});

describe("servers that do not tell of their streams", () => {
  const consents = { lose: ["CACHE"], allowed: [] };

  it("stop all the same, and it is said that nobody looked", () => {
    const looked: Looked = { kind: "silent", why: "no NATS server could be reached" };
    expect(stopping({ looked, yes: true, consents })).toEqual({
      warnings: [
        "Streams in memory are unchecked, because no server of dev reported them: no NATS server could be reached. " +
          "Such a stream loses its messages when its servers stop.",
      ],
      refusal: undefined,
      question: undefined,
    });
  });

  it("are named while others did, and may have what is given up", () => {
    const given = { lose: ["MINE"], allowed: [] };
    const { warnings, refusal } = stopping({ looked: told([cache], ["c"]), yes: true, consents: given });
    expect(warnings).toEqual([
      "Streams in memory are unchecked on c, which did not answer. Such a stream loses its messages when its servers " +
        "stop.",
    ]);
    expect(refusal).toContain("CACHE with 100 messages");
  });

  it("are nobody's concern where there are none", () => {
    const looked: Looked = { kind: "none" };
    expect(stopping({ looked, yes: true, consents })).toEqual({
      warnings: [],
      refusal: undefined,
      question: undefined,
    });
  });
});
