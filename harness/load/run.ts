import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { JetStreamClient, JetStreamManager, NatsConnection } from "nats";
import { pause } from "../../client/poll.ts";
import { connectTo, type LoadTarget } from "./connections.ts";
import { LoadConsumer } from "./consumers.ts";
import { type LoadFigures, type LoadReport, Meter } from "./figures.ts";
import { Messages } from "./messages.ts";
import { Publisher } from "./publisher.ts";
import { Requests } from "./requests.ts";
import { Schedule } from "./schedule.ts";
import { publishSubject } from "./subjects.ts";
import { idOf, readStream, Stored } from "./verify.ts";

const publishersPerPod = 2;
const graceMs = 10_000;
const consumeMs = 120_000;
const verifyMs = 60_000;

export interface RunPlan {
  readonly target: LoadTarget;
  /** Over all pods. */
  readonly publishesPerSecond: number;
  /** The stream that takes `global.load.>`. */
  readonly stream: string;
}

/** One run of the load, inside the generator's process. */
export interface Run {
  readonly stream: string;
  readonly messages: Messages;
  readonly meter: Meter;
  /** By the message's number. */
  readonly acknowledged: readonly boolean[];
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly consumers: readonly LoadConsumer[];
  readonly requests: Requests;
  readonly schedule: Schedule;
}

/** @returns when everything is in place and publishing begins. @throws Error when a server or the stream is not there */
export async function startRun({ target, publishesPerSecond, stream }: RunPlan): Promise<Run> {
  const meter = new Meter();
  const messages = new Messages(randomBytes(8).toString("hex"));
  const acknowledged: boolean[] = [];
  const onAcknowledged = (number: number) => {
    acknowledged[number] = true;
  };
  const shared = new Map<string, NatsConnection>();
  const publishers: Publisher[] = [];
  for (const podId of Object.keys(target.urls)) {
    shared.set(podId, await connectTo(target, podId, meter));
    const publishing = { stream, subject: publishSubject(podId), messages, meter, onAcknowledged };
    for (let count = 0; count < publishersPerPod; count++)
      publishers.push(new Publisher(await connectTo(target, podId, meter), publishing));
  }
  const [connection] = shared.values();
  if (connection === undefined) throw new Error("the load has no pod's URL");
  const client = connection.jetstream();
  const manager = await client.jetstreamManager();
  const consumers = [...shared].map((entry) => new LoadConsumer(...entry, stream, messages));
  const { state } = await manager.streams.info(stream);
  for (const consumer of consumers) {
    await consumer.create(manager, state.last_seq + 1);
    void consumer.run();
  }
  meter.begin();
  const requests = new Requests(shared, meter);
  const schedule = new Schedule(publishers, publishesPerSecond);
  return { stream, messages, meter, acknowledged, client, manager, consumers, requests, schedule };
}

/** The figures since the last look. */
export function measureRun({ meter, schedule }: Run): LoadFigures {
  return meter.sinceLastLook(schedule.longestWaitMs());
}

/** @throws Error when the stream can't be read to its end */
export async function stopRun(run: Run): Promise<LoadReport> {
  const { meter, messages, schedule, consumers, acknowledged } = run;
  const stopped = performance.now();
  schedule.stopPublishing();
  run.requests.stop();
  await upTo(graceMs, () => schedule.pending === 0);
  const figures = meter.ofAll(stopped, schedule.longestWaitMs());
  schedule.stop();
  await allConsumed(run);
  for (const consumer of consumers) consumer.stop();
  const stored = new Stored(messages, schedule.published);
  await readStream({ ...run, deadline: Date.now() + verifyMs }, (message) =>
    stored.add(idOf(message), message.data),
  );
  for (const consumer of consumers) await consumer.delete(run.manager);
  return {
    ...figures,
    seed: messages.seed,
    published: schedule.published,
    unacknowledged: schedule.pending,
    lost: stored.lost(acknowledged),
    duplicated: stored.duplicated,
    altered: stored.altered,
    notConsumed: Object.fromEntries(consumers.map((consumer) => [consumer.podId, missing(run, consumer)])),
    redelivered: consumers.reduce((sum, { redelivered }) => sum + redelivered, 0),
  };
}

async function allConsumed(run: Run): Promise<void> {
  await upTo(consumeMs, async () => {
    for (const consumer of run.consumers) {
      if (missing(run, consumer).length > 0 && !(await consumer.isGone(run.manager))) return false;
    }
    return true;
  });
}

/** Ids of what was acknowledged and did not reach the consumer. */
function missing({ acknowledged, messages }: Run, consumer: LoadConsumer): string[] {
  const ids: string[] = [];
  for (const [number, isAcknowledged] of acknowledged.entries()) {
    if (isAcknowledged === true && !consumer.has(number)) ids.push(messages.id(number));
  }
  return ids;
}

/** Waits for a condition, and no longer than so many milliseconds. */
async function upTo(ms: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await condition()) && Date.now() < deadline) await pause(50);
}
