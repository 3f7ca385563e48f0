import { StringCodec } from "nats";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { inShort, TestStack } from "../../harness/stack.ts";
import { askAgain } from "../support/no-responders.ts";

vi.setConfig({ testTimeout: 5 * 60_000, hookTimeout: 5 * 60_000 });

type Subjects = Readonly<Record<string, readonly string[]>>;

const numbers = Array.from({ length: 10 }, (_, index) => index);
let stack: TestStack;

/** Each subject of the second list is within the one of the first. */
const whole = perNumber((number) => ({ [`ORDERS_${number}`]: [`orders.${number}.>`] }));
const split = perNumber((number) => ({
  // By name the one that takes comes before the one that gives, or behind it.
  [`${number % 2 === 0 ? "A" : "Z"}_NEW_${number}`]: [`orders.${number}.no.>`],
  [`ORDERS_${number}`]: [`orders.${number}.dk.>`],
}));

function perNumber(of: (number: number) => Subjects): Subjects {
  return Object.assign({}, ...numbers.map(of));
}

/** @param consumer of the work queue that is there besides */
function configure(subjects: Subjects, consumer = "worker"): void {
  const streams = Object.entries(subjects).map(([name, own]) => [name, { subjects: own }]);
  const jobs = { subjects: ["jobs.>"], retention: "workqueue", consumers: { [consumer]: {} } };
  stack.configure({ streams: { ...Object.fromEntries(streams), JOBS: jobs } });
}

/** The same streams, each with the subjects of the next one, and the last with one that nobody had. */
function shifted(subjects: Subjects): Subjects {
  const [names, lists] = [Object.keys(subjects), [...Object.values(subjects).slice(1), ["fresh.>"]]];
  return Object.fromEntries(names.map((name, index) => [name, lists[index] ?? []]));
}

/** The streams that store messages on these subjects. */
async function storing(...subjects: readonly string[]): Promise<string[]> {
  const connection = await stack.connect("dk");
  try {
    const jetStream = connection.jetstream();
    const acknowledged = subjects.map((subject) =>
      jetStream.publish(subject, StringCodec().encode("1"), askAgain),
    );
    return (await Promise.all(acknowledged)).map(({ stream }) => stream);
  } finally {
    await connection.close();
  }
}

beforeAll(async () => {
  stack = await TestStack.create();
  configure(whole);
  await stack.mustUp();
});

afterAll(async () => {
  await stack?.dispose();
});

it("ten subjects go to new streams in one update, and the next one changes nothing", async () => {
  configure(split);
  await stack.mustUp();
  expect(await storing("orders.0.no.x", "orders.1.no.x", "orders.1.dk.x")).toEqual([
    "A_NEW_0",
    "Z_NEW_1",
    "ORDERS_1",
  ]);
  expect((await stack.changes()).map(inShort)).toEqual([]);
});

it("the subjects of twenty streams go each to the one before, in one update, and back again in another", async () => {
  const [beforeLast, last] = Object.keys(split).slice(-2);
  configure(shifted(split));
  await stack.mustUp();
  expect(await storing("orders.9.dk.x", "fresh.x")).toEqual([beforeLast, last]);
  configure(split);
  await stack.mustUp();
  expect(await storing("orders.9.no.x", "orders.9.dk.x")).toEqual([beforeLast, last]);
  expect((await stack.changes()).map(inShort)).toEqual([]);
});

it("what has no order is refused by the preview, all of it at once", async () => {
  const { ORDERS_0: renamed = [], ORDERS_1: one = [], ORDERS_2: other = [], ...others } = split;
  configure({ ...others, RENAMED: renamed, ORDERS_1: other, ORDERS_2: one }, "renamed");
  const [dk, no, ...more] = stack.pods;
  if (dk === undefined || no === undefined) throw new Error("there are no two pods");
  const monitors = [
    { ...dk, monitorPort: no.monitorPort },
    { ...no, monitorPort: dk.monitorPort },
  ];
  stack.configure({ pods: [...monitors, ...more] });
  const { code, stdout } = await stack.pulumi("preview");
  expect(code).not.toBe(0);
  for (const start of [
    `streams.RENAMED: it takes "${renamed[0]}" from ORDERS_0. This update deletes ORDERS_0`,
    "streams.ORDERS_1, streams.ORDERS_2: they take subjects from each other",
    'streams.JOBS.consumers.renamed: it takes ">" from the consumer worker. This update deletes that consumer',
    `pods.dk.monitorPort: it takes ${no.monitorPort} from no`,
    `pods.no.monitorPort: it takes ${dk.monitorPort} from dk`,
  ])
    expect(stdout).toContain(start);
});
