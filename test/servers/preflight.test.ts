import type { Msg, NatsConnection } from "nats";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ClusterClient } from "../../client/cluster-client.ts";
import { clusterHealth } from "../../client/cluster-health.ts";
import { lookAtServers } from "../../client/look.ts";
import { stepDownFrom } from "../../client/meta-leader.ts";
import { poll } from "../../client/poll.ts";
import { freePorts } from "../../harness/ports.ts";
import type { Properties } from "../../model/contract/properties.ts";
import { contextOf } from "../support/context.ts";
import { byHand, deleteAll, publish, streamInputs } from "../support/jetstream.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";
import { preflight, stream } from "../support/plugin.ts";

const podIds = ["dk", "no", "se"];
const names = ["test-dk", "test-no", "test-se"];
let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster(podIds);
});

afterAll(() => cluster.stop());

afterEach(async () => {
  for (const server of cluster.servers.values()) server.resume();
  await healthy();
  await deleteAll(cluster.client);
});

const system = () => cluster.client.system(Date.now() + 10_000);
const soon = () => Date.now() + 10_000;

async function healthy(): Promise<void> {
  const connection = await system();
  await poll(Date.now() + 40_000, async () => {
    const { faults } = clusterHealth(names, await lookAtServers(connection));
    return faults.length === 0 ? { done: true } : { waitingFor: faults.join("; ") };
  });
}

async function leader(): Promise<string> {
  const connection = await system();
  return poll(soon(), async () => {
    const leaders = new Set((await lookAtServers(connection)).map(({ metaLeader }) => metaLeader));
    const [only = ""] = leaders;
    return leaders.size === 1 && only !== "" ? { done: only } : { waitingFor: [...leaders].join() };
  });
}

async function letLead(name: string): Promise<void> {
  const now = await leader();
  if (now !== name) await stepDownFrom(await system(), now, [name], soon(), () => {});
  expect(await leader()).toBe(name);
}

async function withoutServers<T>(downs: readonly string[], work: () => Promise<T>): Promise<T> {
  const servers = downs.map((id) => cluster.server(id));
  await Promise.all(servers.map((server) => server.stop()));
  try {
    return await work();
  } finally {
    for (const server of servers) server.start();
  }
}

/** A client whose connection of the system account is to this server. */
async function connectedTo(name: string): Promise<ClusterClient> {
  return poll(soon(), async () => {
    const client = new ClusterClient(cluster.client.access);
    if ((await client.system(soon())).info?.server_name === name) return { done: client };
    await client.close();
    return { waitingFor: `a connection to ${name}` };
  });
}

/** A restart of this server in a rolling update that has done nothing else yet. */
function restartOf(serverName: string, more: Properties = {}): Properties {
  const planned = { rolling: true, known: names, done: [], planned: "new", proven: "old" };
  return preflight.check({ serverName, ...planned, ...more }, undefined).inputs;
}

function clear(inputs: Properties, overrides: Parameters<typeof contextOf>[1] = {}, client = cluster.client) {
  return preflight.update("id", {}, inputs, contextOf(client, overrides));
}

const refusedAtOnce = (inputs: Properties, client?: ClusterClient) =>
  expect(clear(inputs, { deadline: Date.now() + 500 }, client)).rejects;

describe("the meta group's leadership", () => {
  it("goes to whom it is given, from and to any server", async () => {
    for (const name of [...names, ...names.toReversed()]) await letLead(name);
  });

  it("stays where it is when another server leads", async () => {
    await letLead("test-se");
    await stepDownFrom(await system(), "test-dk", ["test-no"], soon(), () => {});
    expect(await leader()).toBe("test-se");
  });

  it("goes to the next candidate when the first is not there", async () => {
    await letLead("test-dk");
    await stepDownFrom(await system(), "test-dk", ["test-fi", "test-se"], soon(), () => {});
    expect(await leader()).toBe("test-se");
  });

  it("goes to any other server without candidates", async () => {
    await letLead("test-dk");
    await stepDownFrom(await system(), "test-dk", [], soon(), () => {});
    expect(await leader()).not.toBe("test-dk");
  });

  it("can't move while nobody has it, and the error says so", async () => {
    const alone = await startCluster(["dk", "no"], { started: ["dk"] });
    const connection = await alone.client.system(soon());
    const stepping = stepDownFrom(connection, "test-dk", ["test-no"], Date.now() + 300, () => {});
    await expect(stepping).rejects.toThrow(/^the meta group has no leader$/);
    await alone.stop();
  });
});

/** The same servers, of whom some answers are others than they gave. */
async function answering(change: (subject: string, answer: unknown, body: string) => unknown) {
  const connection = await system();
  const request: NatsConnection["request"] = async (subject, body, options) => {
    const answer = (await connection.request(subject, body, options)).json();
    return { json: () => change(subject, answer, String(body)) } as unknown as Msg;
  };
  return new Proxy(connection, {
    get: (real, what) => (what === "request" ? request : Reflect.get(real, what)),
  });
}

const stepDown = "$JS.API.META.LEADER.STEPDOWN";

describe("a request to step down", () => {
  it("is not made again while the servers only seem not to have heard it: the next leader would", async () => {
    await letLead("test-dk");
    let looks = 0;
    const asked: string[] = [];
    const connection = await answering((subject, answer, body) => {
      if (subject === stepDown) asked.push(body);
      if (!subject.endsWith(".JSZ") || ++looks > 12) return answer;
      return { data: { meta_cluster: { leader: "test-dk" } } };
    });
    await stepDownFrom(connection, "test-dk", ["test-no"], soon(), () => {});
    expect(asked).toEqual(['{"placement":{"preferred":"test-no"}}']);
    expect(await leader()).toBe("test-no");
  });

  it("is made for the next candidate when the server refuses one, and the error says why", async () => {
    await letLead("test-dk");
    const asked: string[] = [];
    const error = { code: 400, err_code: 10005, description: "no suitable peers for placement" };
    const connection = await answering((subject, answer, body) => {
      if (subject.endsWith(".JSZ")) return { data: { meta_cluster: { leader: "test-dk" } } };
      if (subject !== stepDown) return answer;
      asked.push(body);
      return { error };
    });
    const stepping = stepDownFrom(connection, "test-dk", ["test-no", "test-se"], Date.now() + 500, () => {});
    await expect(stepping).rejects.toThrow(
      /^the meta group's leadership is still on test-dk; it answers: no suitable peers for placement$/,
    );
    expect(asked.slice(0, 3)).toEqual([
      '{"placement":{"preferred":"test-no"}}',
      '{"placement":{"preferred":"test-se"}}',
      "",
    ]);
  });
});

describe("a server that is going to restart", () => {
  it("may while all is well, and does not lead any more: a server that is done does", async () => {
    for (const done of ["test-no", "test-se"]) {
      await letLead("test-dk");
      const inputs = restartOf("test-dk", { done: [done] });
      expect(await clear(inputs)).toEqual(inputs);
      expect(await leader()).toBe(done);
    }
  });

  it("leaves the leadership to the server whose turn is last when none is done", async () => {
    await letLead("test-dk");
    await clear(restartOf("test-dk"));
    expect(await leader()).toBe("test-se");
  });

  it("moves no leadership that is elsewhere", async () => {
    await letLead("test-se");
    await clear(restartOf("test-dk", { done: ["test-no"] }));
    expect(await leader()).toBe("test-se");
  });

  it("may not while another one is down, and keeps its leadership", async () => {
    await letLead("test-dk");
    await withoutServers(["no"], async () => {
      await refusedAtOnce(restartOf("test-dk")).toThrow(
        /^test-dk was not restarted, and nothing of it was touched: [^.]*test-no[^.]*\. Fix that \(`npm run status`, `docker logs`\) and run `pulumi up` again\. If this update is the fix, set `rollout: \{ mode: rolling, first: POD \}` with the pod that is broken, or `rollout: \{ mode: all-at-once \}` if no server answers$/,
      );
      expect(await leader()).toBe("test-dk");
    });
  });

  it("may as soon as the others are in step again", async () => {
    const seen = contextOf(cluster.client);
    const clearing = await withoutServers(["no"], async () => {
      const promise = preflight.update("id", {}, restartOf("test-dk"), seen);
      await poll(soon(), async () =>
        seen.seen.join().includes("test-no does not answer")
          ? { done: true }
          : { waitingFor: "the fault to be seen" },
      );
      return { promise };
    });
    await clearing.promise;
    expect(await leader()).not.toBe("test-dk");
  });

  it("may when it is down itself, whatever the others are like: that can only mend it", async () => {
    await withoutServers(["dk"], async () => {
      await clear(restartOf("test-dk"), { deadline: soon() });
    });
    await healthy();
    await withoutServers(["dk", "no"], async () => {
      await clear(restartOf("test-dk"), { deadline: soon() });
    });
  });

  it("may when it is frozen and the others are in step, although it still looks connected", async () => {
    await letLead("test-no");
    const client = await connectedTo("test-dk");
    cluster.server("dk").pause();
    await clear(restartOf("test-dk"), {}, client);
    await client.close();
  });

  it("may not when it only fails to answer while another one is down: it is busy, and not away", async () => {
    const client = await connectedTo("test-se");
    await withoutServers(["no"], async () => {
      cluster.server("dk").pause();
      await refusedAtOnce(restartOf("test-dk"), client).toThrow("test-no does not answer");
      cluster.server("dk").resume();
    });
    await client.close();
  });

  it("may not while no server answers", async () => {
    const [port = 0] = await freePorts(1);
    const nobody = new ClusterClient({ ...cluster.client.access, servers: [`nats://127.0.0.1:${port}`] });
    await refusedAtOnce(restartOf("test-dk"), nobody).toThrow(
      "test-dk was not restarted, and nothing of it was touched: no NATS server could be reached at " +
        `nats://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}. Fix that`,
    );
  });
});

interface Replica {
  readonly name: string;
  readonly current: boolean;
  readonly lag?: number;
}

/** Servers that say something else of a stream's other copies: those of healthy ones are never behind for long. */
function saying(name: string, change: (replicas: readonly Replica[]) => readonly Replica[]): ClusterClient {
  const request: ClusterClient["jetStream"] = async <T>(...args: Parameters<ClusterClient["jetStream"]>) => {
    const answer = await cluster.client.jetStream<{ streams?: SaidStream[] }>(...args);
    const streams = answer.streams?.map((info) =>
      info.config.name === name
        ? { ...info, cluster: { ...info.cluster, replicas: change(info.cluster.replicas) } }
        : info,
    );
    return { ...answer, streams } as T;
  };
  return { system, jetStream: request } as unknown as ClusterClient;
}

interface SaidStream {
  readonly config: { readonly name: string };
  readonly cluster: { readonly leader: string; readonly replicas: readonly Replica[] };
}

const behind = (server: string) => (replicas: readonly Replica[]) =>
  replicas.map((one) => (one.name === server ? { ...one, current: false, lag: 7 } : one));

describe("a stream whose copy is not current", () => {
  const create = (given: Properties) =>
    stream.create(streamInputs(given), contextOf(cluster.client, { name: "events" }));
  const replicated = { name: "EVENTS", subjects: ["events.>"], replicas: 3 };

  async function replicas(name: string): Promise<string[]> {
    const info = await byHand<SaidStream>(cluster.client, `STREAM.INFO.${name}`);
    return info.cluster.replicas.map((one) => one.name);
  }

  it("holds up a restart elsewhere, and not that of the server which has it", async () => {
    await create(replicated);
    const [late = "", other = ""] = await replicas("EVENTS");
    const servers = saying("EVENTS", behind(late));
    await refusedAtOnce(restartOf(other), servers).toThrow(
      `nothing of it was touched: EVENTS: the copy on ${late} is behind by 7 entries. Fix that`,
    );
    await clear(restartOf(late), { deadline: soon() }, servers);
  });

  it("holds up a restart when it is missing", async () => {
    await create(replicated);
    const servers = saying("EVENTS", (all) => all.slice(1));
    await refusedAtOnce(restartOf("test-dk"), servers).toThrow("EVENTS has 2 of 3 copies");
  });

  it("holds up nothing when the stream is another one's", async () => {
    const config = { name: "STRANGER", subjects: ["stranger"], num_replicas: 3 };
    await byHand(cluster.client, "STREAM.CREATE.STRANGER", config);
    const [late = "", other = ""] = await replicas("STRANGER");
    await clear(restartOf(other), { deadline: soon() }, saying("STRANGER", behind(late)));
  });

  it("holds up nothing where there is only one: it comes back with its server", async () => {
    await create({ name: "LOCAL", subjects: ["local.>"], replicas: 1 });
    for (const name of names) await clear(restartOf(name), { deadline: soon() });
  });
});

describe("a stream in memory", () => {
  const config = { name: "KV_sessions", subjects: ["sessions.>"], storage: "memory", num_replicas: 3 };

  /** Servers whose leader says that another copy of a stream is not current. */
  async function memorySaying(late: (leader: string) => string): Promise<ClusterClient> {
    const connection = await answering((subject, answer) => {
      if (!subject.endsWith(".JSZ")) return answer;
      const { data } = answer as { data: { account_details?: { stream_detail: SaidMemoryStream[] }[] } };
      for (const { cluster: said } of data.account_details?.flatMap((one) => one.stream_detail) ?? []) {
        const name = late(said.leader);
        said.replicas = said.replicas.map((one) =>
          one.name === name ? { ...one, current: false, lag: 9 } : one,
        );
      }
      return answer;
    });
    return clientOn(connection);
  }

  function clientOn(connection: NatsConnection): ClusterClient {
    return {
      system: async () => connection,
      jetStream: cluster.client.jetStream.bind(cluster.client),
    } as unknown as ClusterClient;
  }

  interface SaidMemoryStream {
    readonly cluster: { readonly leader: string; replicas: readonly Replica[] };
  }

  it("holds up the restart of a server with a copy until the others are current, whoever made it", async () => {
    await byHand(cluster.client, "STREAM.CREATE.KV_sessions", config);
    const servers = await memorySaying((leader) => names.find((name) => name !== leader) ?? "");
    const { cluster: said } = await byHand<SaidStream>(cluster.client, "STREAM.INFO.KV_sessions");
    const late = names.find((name) => name !== said.leader) ?? "";
    await refusedAtOnce(restartOf(said.leader), servers).toThrow(
      new RegExp(`KV_sessions: the copy on ${late} is behind by 9 entries, .*--lose KV_sessions`),
    );
    // Its own copy goes in any case, and who gave the stream up does not wait.
    await clear(restartOf(late), { deadline: soon() }, servers);
    await clear(restartOf(said.leader, { lose: ["KV_sessions"] }), { deadline: soon() }, servers);
  });

  it("holds up the restart while a copy is empty after its own restart, although the leader calls it current", async () => {
    await byHand(cluster.client, "STREAM.CREATE.KV_sessions", config);
    await publish(cluster.client, "sessions.a", 5);
    const { cluster: said } = await byHand<SaidStream>(cluster.client, "STREAM.INFO.KV_sessions");
    const emptied = names.find((name) => name !== said.leader) ?? "";
    const connection = await answering((subject, answer) => {
      if (!subject.endsWith(".JSZ")) return answer;
      const { server, data } = answer as ToldOfStreams;
      if (server.name !== emptied) return answer;
      for (const { state } of data.account_details?.flatMap((one) => one.stream_detail) ?? [])
        state.last_seq = 0;
      return answer;
    });
    await refusedAtOnce(restartOf(said.leader), clientOn(connection)).toThrow(
      `KV_sessions: the copy on ${emptied} is behind by 5 entries, and this server has a copy in memory`,
    );
    await clear(restartOf(emptied), { deadline: soon() }, clientOn(connection));
  });

  interface ToldOfStreams {
    readonly server: { readonly name: string };
    readonly data: {
      readonly account_details?: { readonly stream_detail: { state: { last_seq: number } }[] }[];
    };
  }

  it("holds up the restart while another server does not tell of its streams", async () => {
    await byHand(cluster.client, "STREAM.CREATE.KV_sessions", config);
    const { cluster: said } = await byHand<SaidStream>(cluster.client, "STREAM.INFO.KV_sessions");
    const silent = names.find((name) => name !== said.leader) ?? "";
    const connection = await answering((subject, answer) => {
      const { server, data } = answer as { server: { name: string }; data?: object };
      const isPage = data !== undefined && "account_details" in data;
      if (subject.endsWith(".JSZ") && isPage && server.name === silent) throw new Error("TIMEOUT");
      return answer;
    });
    await refusedAtOnce(restartOf(said.leader), clientOn(connection)).toThrow(
      `${silent} did not report all streams`,
    );
    // The others tell of what it shares with them.
    await clear(restartOf(silent), { deadline: soon() }, clientOn(connection));
  });

  it("holds up nothing with one copy, which was a matter of the look", async () => {
    await byHand(cluster.client, "STREAM.CREATE.KV_sessions", { ...config, num_replicas: 1 });
    for (const name of names) await clear(restartOf(name), { deadline: soon() });
  });
});

describe("a server that does not restart, or not in turn", () => {
  it.each([
    ["takes no turns", { rolling: false }],
    ["is started as it is", { planned: "old" }],
    ["was never there", { proven: "" }],
  ])("is asked nothing when it %s", async (_, more) => {
    const untouchable = new Proxy({} as ClusterClient, {
      get: (_target, what) => {
        throw new Error(`nobody is to be asked: ${String(what)}`);
      },
    });
    const inputs = restartOf("test-dk", more);
    expect(preflight.diff({}, {}, inputs).changes).toEqual([]);
    expect(await preflight.create(inputs, contextOf(untouchable))).toEqual({ id: "test-dk", state: inputs });
  });

  it("is asked when it comes with a restart", async () => {
    await letLead("test-dk");
    await preflight.create(restartOf("test-dk", { done: ["test-no"] }), contextOf(cluster.client));
    expect(await leader()).toBe("test-no");
  });
});
