import { describe, expect, it } from "vitest";
import type { LookInputs } from "../../../../../model/contract/look.ts";
import type { HeldStream } from "../../../../../model/jetstream/held.ts";
import { judge } from "../../../../../model/jetstream/loss/first-look.ts";

const inputs: LookInputs = {
  restarting: ["a", "b", "c"],
  turns: false,
  lose: [],
  allowed: [],
  taken: [],
  known: ["ORDERS"],
};

function held(name: string, changes: Partial<HeldStream> = {}): HeldStream {
  const replicas = ["b", "c"].map((server) => ({ name: server, current: true }));
  return {
    ...{ account: "$G", name, storage: "memory", subjects: ["orders.>"], leader: "a", copies: 3, replicas },
    ...{ messages: 100, bytes: 1000, consumers: 2, lastSequences: {}, ...changes },
  };
}

const cache = held("CACHE");
const alone = held("SESSIONS", { account: "MQTT", copies: 1, replicas: [], messages: 1, consumers: 0 });

describe("what the servers have in memory", () => {
  it("is refused with the number of messages, and with what to do", () => {
    const { refusals, lost } = judge(inputs, [cache, alone, held("DISK", { storage: "file" })], "dev");
    expect(refusals).toEqual([
      "This update restarts the servers a, b, c, but not as a rolling restart, and streams with most of their copies in the memory " +
        "of these servers lose all messages: CACHE with 100 messages and 2 consumers, SESSIONS (account MQTT) with 1 " +
        "message. Set `rollout: rolling`, which keeps streams with several copies. If the messages may be lost, run " +
        "`npm run up -- dev --lose CACHE,SESSIONS` for one update (`rollout.lose` in the configuration does the " +
        "same). For every update, set `allowDataLoss: true` on a stream of the configuration",
    ]);
    expect(lost).toEqual([]);
  });

  it("is refused in turns where there is one copy", () => {
    const { refusals } = judge({ ...inputs, restarting: ["a"], turns: true }, [cache, alone], "dev");
    expect(refusals).toEqual([
      expect.stringMatching(
        /^This update restarts the server a, and a stream with its only copy in the memory .*: SESSIONS \(account MQTT\) with 1 message\. Give each stream several copies first \(`replicas: 3` in an earlier update; ask the owner of a foreign stream to do that\)\./,
      ),
    ]);
  });

  it("goes with consent, which is told", () => {
    const consents = { lose: ["SESSIONS"], allowed: ["CACHE"] };
    expect(judge({ ...inputs, ...consents }, [cache, alone], "dev")).toEqual({
      refusals: [],
      warnings: [],
      lost: [cache, alone],
    });
  });

  it("says all names again where some are given up already: of two --lose the last one counts", () => {
    const { refusals } = judge({ ...inputs, lose: ["SESSIONS"] }, [cache, alone], "dev");
    expect(refusals).toEqual([expect.stringContaining(": CACHE with 100 messages and 2 consumers. ")]);
    expect(refusals).toEqual([expect.stringContaining("`npm run up -- dev --lose CACHE,SESSIONS` ")]);
  });

  it("warns of consent that loses nothing", () => {
    const { warnings } = judge({ ...inputs, restarting: ["b"], lose: ["CACHE", "NOBODY"] }, [cache], "dev");
    expect(warnings).toEqual([
      "--lose CACHE: the stream CACHE loses nothing here",
      "--lose NOBODY: no server has a stream NOBODY",
    ]);
  });
});

describe("a subject that this update takes", () => {
  const taken = { ...inputs, restarting: [], taken: ["ORDERS orders.no.>", "ORDERS other"] };

  it("is refused where a stream of others has it", () => {
    expect(judge(taken, [held("THEIRS", { storage: "file" })], "dev").refusals).toEqual([
      'The stream ORDERS takes "orders.no.>", and the foreign stream THEIRS has "orders.>": the ' +
        "servers would refuse that (error 10065). Give ORDERS another subject, remove the subject from THEIRS, or import " +
        "THEIRS into this stack",
    ]);
  });

  it.each([
    ["a stream of this stack has it, whose order state and configuration decide", held("ORDERS")],
    ["a stream of another account has it", held("THEIRS", { account: "TEAM" })],
    ["no stream has it", held("THEIRS", { subjects: ["orders.dk.>"] })],
  ])("is let through where %s", (_, stream) => {
    expect(judge(taken, [stream], "dev").refusals).toEqual([]);
  });
});
