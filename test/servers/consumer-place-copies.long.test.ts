import { ErrorCode, type NatsError } from "nats";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { cutAfter, span, TestConsumer } from "../support/consumer-place.ts";
import { contextOf } from "../support/context.ts";
import { byHand, consumerInputs, deleteAll, infoOf, publish } from "../support/jetstream.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";
import { consumer } from "../support/plugin.ts";

/** As test/servers/consumer-place.test.ts, with three copies: each server has to agree on what is there. */
const id = "EVENTS/worker";
const inputs = consumerInputs({ stream: "EVENTS", name: "worker", filterSubjects: ["events.>"] });
let cluster: TestCluster;
let worker: TestConsumer;

beforeAll(async () => {
  cluster = await startCluster(["dk", "no", "se"]);
  worker = new TestConsumer(cluster.client, "EVENTS", "worker");
});

afterAll(() => cluster.stop());
afterEach(() => deleteAll(cluster.client));

const context = (of = cluster.client) => contextOf(of, { name: "worker" });

const patience = { timeout: 10_000 };

/** @throws what is no "no responders" */
function codeOf(error: NatsError): string {
  if (error.code !== ErrorCode.NoResponders) throw error;
  return error.code;
}

async function halfWay(retention: string) {
  await deleteAll(cluster.client);
  const config = { name: "EVENTS", subjects: ["events.>"], num_replicas: 3, retention };
  await byHand(cluster.client, "STREAM.CREATE.EVENTS", config);
  const { state } = await consumer.create(inputs, context());
  // Right after a stream was made the server of a publisher may not know yet where its messages go.
  await expect
    .poll(() => publish(cluster.client, "events.a", 1).then(() => "stored", codeOf), patience)
    .toBe("stored");
  await publish(cluster.client, "events.a", 9);
  expect(await worker.take(4)).toEqual(span(1, 4));
  return state;
}

describe.each(["limits", "interest", "workqueue"])(
  "a stream with three copies and retention %s",
  (retention) => {
    it("keeps every message and the place of a consumer that is made again, ten times in a row", async () => {
      let state = await halfWay(retention);
      for (let maxWaiting = 100; maxWaiting < 110; maxWaiting += 1)
        state = await consumer.update(id, state, { ...inputs, maxWaiting }, context());
      expect((await infoOf(cluster.client, "EVENTS")).state.messages).toBe(retention === "limits" ? 10 : 6);
      expect(await worker.rest()).toEqual(span(5, 10));
      expect(await worker.names()).toEqual(["worker"]);
    });

    it("keeps them too where the update is killed at any of its requests", async () => {
      const wanted = { ...inputs, maxWaiting: 256 };
      for (let cut = 1; ; cut += 1) {
        const state = await halfWay(retention);
        const dying = consumer.update(id, state, wanted, context(cutAfter(cut, true, cluster.client)));
        const died = await dying.catch((error: Error) => error);
        if (!(died instanceof Error)) break;
        await consumer.update(id, state, wanted, context());
        expect.soft(await worker.names(), `request ${cut}`).toEqual(["worker"]);
        expect.soft(await worker.rest(), `request ${cut}`).toEqual(span(5, 10));
      }
    });
  },
);
