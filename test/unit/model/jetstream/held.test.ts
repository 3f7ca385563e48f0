import { expect, it } from "vitest";
import { heldStreams, shownName } from "../../../../model/jetstream/held.ts";

const state = { messages: 3, bytes: 30, last_seq: 7, consumer_count: 1 };
const config = { storage: "memory", num_replicas: 2, subjects: ["a.>"] } as const;
const replicas = [{ name: "b", current: true }];

it("takes each stream as its leader tells of it", () => {
  const detail = { name: "A", config, cluster: { leader: "a", replicas } };
  const follower = { ...detail, cluster: { leader: "a", replicas: [{ name: "a", current: false }] } };
  const answers = [
    {
      server: "b",
      accounts: [
        { name: "$G", stream_detail: [{ ...follower, state: { ...state, messages: 9, last_seq: 0 } }] },
      ],
    },
    { server: "a", accounts: [{ name: "$G", stream_detail: [{ ...detail, state }] }] },
  ];
  for (const order of [answers, answers.toReversed()]) {
    expect(heldStreams(order)).toEqual([
      {
        ...{
          account: "$G",
          name: "A",
          storage: "memory",
          subjects: ["a.>"],
          leader: "a",
          copies: 2,
          replicas,
        },
        ...{ messages: 3, bytes: 30, consumers: 1, lastSequences: { a: 7, b: 0 } },
      },
    ]);
  }
});

it("counts a copy that answers in place of the leader, which does not list itself", () => {
  const cluster = { leader: "a", replicas: [{ name: "a", current: true }, ...replicas] };
  const detail = { name: "A", config, cluster, state };
  expect(heldStreams([{ server: "c", accounts: [{ name: "$G", stream_detail: [detail] }] }])).toMatchObject([
    { leader: "a", replicas: [...replicas, { name: "c", current: false }] },
  ]);
});

it("takes the fuller copy where no leader answers", () => {
  const detail = { name: "A", config, cluster: { replicas } };
  const answers = [2, 5, 1].map((messages, index) => ({
    server: `s${index}`,
    accounts: [{ name: "$G", stream_detail: [{ ...detail, state: { ...state, messages } }] }],
  }));
  expect(heldStreams(answers)).toMatchObject([{ name: "A", leader: "", messages: 5 }]);
  expect(heldStreams(answers)[0]?.replicas).toEqual([...replicas, { name: "s1", current: false }]);
});

it("keeps streams of one name in several accounts apart", () => {
  const accounts = ["$G", "TEAM"].map((name) => ({ name, stream_detail: [{ name: "A", config, state }] }));
  const found = heldStreams([
    { server: "a", accounts: [...accounts, { name: "EMPTY", stream_detail: null }] },
  ]);
  expect(found.map(shownName)).toEqual(["A", "A (account TEAM)"]);
  expect(found.map(({ leader }) => leader)).toEqual(["a", "a"]);
});
