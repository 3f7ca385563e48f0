import { beforeAll, describe, expect, it, vi } from "vitest";
import type { ClusterClient } from "../../../client/cluster-client.ts";
import { ApiError, jetStreamErrors } from "../../../client/errors.ts";
import type { Properties } from "../../../model/contract/properties.ts";
import { asRoot, type SshHost } from "../../../model/ssh.ts";
import { checkConfiguration } from "../../../provider/configuration.ts";
import { meshGate } from "../../../provider/host/mesh.ts";
import { clockScript, surveyScript } from "../../../provider/host/survey-script.ts";
import { type AnyResource, erased } from "../../../provider/registry.ts";
import { contextOf } from "../../support/context.ts";
import { fakeCluster } from "../../support/fake-cluster.ts";
import { Goldens, sortedJson } from "../../support/golden.ts";
import { type Asked, now, plain, run } from "../../support/golden-program.ts";
import { goldenStacks } from "../../support/golden-stacks.ts";
import {
  clusterGate,
  consumer,
  look,
  membership,
  mesh,
  node,
  preflight,
  renewal,
  stream,
  survey,
  trust,
} from "../../support/plugin.ts";

/**
 * What the plugin makes of what the program asks for: the inputs as it fills them in, the state that it leaves, what it
 * says to JetStream (with the marks of ownership), and the scripts that it runs on hosts. A golden value that changes
 * makes resources of stacks that run change, or has them taken for somebody else's, so it must be meant: see
 * test/support/golden.ts.
 */
const goldens = new Goldens("provider");

/** By their types, which are in every state. */
const resources: Readonly<Record<string, AnyResource>> = {
  "nats:host:Mesh": mesh,
  "nats:host:Survey": survey,
  "nats:jetstream:Consumer": consumer,
  "nats:jetstream:Stream": stream,
  "nats:server:Cluster": clusterGate,
  "nats:server:Look": look,
  "nats:server:Membership": membership,
  "nats:server:Node": node,
  "nats:server:Preflight": preflight,
  "nats:tls:Renewal": renewal,
  "nats:tls:Trust": trust,
};

const stacks = Object.entries(goldenStacks);
const ran = new Map<string, readonly Asked[]>();

beforeAll(async () => {
  for (const [name, stack] of stacks) ran.set(name, (await run(stack)).asked);
}, 60_000);

function askedOf(stack: string, type: string): Asked[] {
  return (ran.get(stack) ?? []).filter((one) => one.type === type);
}

/** Inputs as the plugin's check leaves them; the test fails where it finds a fault. */
function checked({ type, inputs }: Asked): Properties {
  const resource = resources[type];
  if (resource === undefined) throw new Error(`the plugin has no ${type}`);
  const result = resource.check(plain(inputs) as Properties, undefined);
  expect(result.failures).toEqual([]);
  return result.inputs;
}

function contextFor({ urn, name }: Asked, cluster: ClusterClient) {
  return contextOf(cluster, { urn, name, stack: stackOf(urn) });
}

/** That of `urn:pulumi:dev::…`. */
function stackOf(urn: string): string {
  return urn.split(":")[2] ?? "";
}

/** Nothing is asked of it. */
const silent = fakeCluster((subject) => {
  throw new Error(`${subject} was asked`);
});

it("has eleven kinds of resources, and the program uses no other and every one", () => {
  const types = stacks.flatMap(([name]) => (ran.get(name) ?? []).map(({ type }) => type));
  const ours = new Set(types.filter((type) => type.startsWith("nats:")));
  expect([...ours].sort()).toEqual(Object.keys(resources));
});

it.each(stacks)("takes the configuration of %s", (name) => {
  const [provider, ...others] = askedOf(name, "pulumi:providers:nats");
  expect(others).toEqual([]);
  expect(checkConfiguration(plain(provider?.inputs) as Properties)).toEqual([]);
});

describe("what a state holds", () => {
  beforeAll(() => {
    vi.useFakeTimers({ toFake: ["Date"], now });
    return () => vi.useRealTimers();
  });

  it.each(stacks)("%s", async (name) => {
    const texts: string[] = [];
    for (const [type, resource] of Object.entries(resources)) {
      for (const asked of askedOf(name, type)) {
        const inputs = checked(asked);
        const state = (await stateOf(asked, inputs)) ?? resource.preview(inputs, undefined);
        texts.push(`${type} ${asked.name}\ninputs ${sortedJson(inputs)}\nstate ${sortedJson(state)}\n`);
      }
    }
    await goldens.same(`${name}/states.txt`, texts.join("\n"));
  });
});

/** undefined: only servers can say all of it, so what a preview says has to do. */
async function stateOf(asked: Asked, inputs: Properties): Promise<Properties | undefined> {
  const context = contextFor(asked, silent);
  switch (asked.type) {
    case "nats:host:Survey":
      // Whoever was looked at before is not looked at again.
      return survey.update("hosts", { ...inputs, checked: inputs.hosts }, inputs, context);
    case "nats:server:Look":
    case "nats:server:Membership":
    case "nats:server:Preflight":
    case "nats:tls:Renewal":
    case "nats:tls:Trust": {
      const made = await resources[asked.type]?.create(inputs, context);
      // That of a renewal is random.
      const id = asked.type === "nats:tls:Renewal" ? /^[0-9a-f]{16}$/.test(made?.id ?? "") : made?.id;
      return { "the id": id, ...made?.state };
    }
    case "nats:jetstream:Stream":
    case "nats:jetstream:Consumer": {
      const { id, state } = await created(asked);
      return { "the id": id, ...state };
    }
    default:
      return undefined;
  }
}

/** Every question and order, as JSON in the order of its keys, with the random generation taken out. */
async function created(asked: Asked) {
  const said: string[] = [];
  const cluster = fakeCluster((subject, body) => {
    said.push(`${subject} ${JSON.stringify(body)}`);
    if (subject.includes(".INFO.")) throw notFound();
    const created = "2027-01-01T00:00:00Z";
    if (subject.startsWith("STREAM.")) return { config: body, created, state: { messages: 0 } };
    return { stream_name: body.stream_name, name: asked.name.split("/")[1], config: body.config, created };
  });
  const made = await resources[asked.type]?.create(checked(asked), contextFor(asked, cluster));
  const generation = String(made?.state.generation);
  expect(generation).toMatch(/^[0-9a-f]{16}$/);
  return {
    id: made?.id,
    state: { ...made?.state, generation: "<generation>" },
    said: said.map((line) => line.replaceAll(generation, "<generation>")),
  };
}

/** An update of what somebody has changed by hand, and has given properties that this project does not know. */
async function updated(asked: Asked) {
  const said: string[] = [];
  const isStream = asked.type === "nats:jetstream:Stream";
  const inputs = checked(asked);
  const metadata = {
    "_nats.req.level": "0",
    theirs: "kept",
    "unityplan.project": "unityplan-nats",
    "unityplan.stack": stackOf(asked.urn),
    "unityplan.resource": asked.name,
    "unityplan.generation": "0123456789abcdef",
  };
  const created = "2027-01-01T00:00:00Z";
  let config = isStream ? { ...liveStream(inputs), metadata } : { ...liveConsumer(inputs), metadata };
  const infoOf = () =>
    isStream
      ? { config, created, state: { messages: 0, bytes: 0 } }
      : { stream_name: inputs.stream, name: inputs.name, config, created };
  const cluster = fakeCluster((subject, body) => {
    said.push(`${subject} ${JSON.stringify(body)}`);
    if (subject.includes(".INFO.")) return infoOf();
    config = (isStream ? body : body.config) as typeof config;
    return infoOf();
  });
  const state = { ...inputs, generation: "0123456789abcdef", created };
  await resources[asked.type]?.update("id", state, inputs, contextFor(asked, cluster));
  return said;
}

function liveStream(inputs: Properties) {
  return {
    name: inputs.name,
    subjects: inputs.subjects,
    retention: inputs.retention,
    storage: inputs.storage,
    discard: inputs.discard,
    max_consumers: inputs.maxConsumers,
    max_msgs: inputs.maxMessages,
    max_bytes: inputs.maxBytes,
    max_age: 0,
    max_msgs_per_subject: inputs.maxMessagesPerSubject,
    max_msg_size: inputs.maxMessageSizeBytes,
    num_replicas: inputs.replicas,
    sealed: false,
    allow_direct: true,
    placement: { cluster: "theirs" },
  };
}

function liveConsumer(inputs: Properties) {
  return {
    durable_name: inputs.name,
    deliver_policy: inputs.deliverPolicy,
    ack_policy: inputs.ackPolicy,
    replay_policy: inputs.replayPolicy,
    max_waiting: inputs.maxWaiting,
    filter_subjects: ["theirs.>"],
    num_replicas: 0,
    headers_only: true,
  };
}

function notFound(): ApiError {
  return new ApiError("not found", 404, jetStreamErrors.streamNotFound);
}

describe("what JetStream is told", () => {
  it.each(stacks)("%s", async (name) => {
    const asked = [...askedOf(name, "nats:jetstream:Stream"), ...askedOf(name, "nats:jetstream:Consumer")];
    const lines: string[] = [];
    for (const one of asked) {
      lines.push(`create ${one.name}`, ...(await created(one)).said);
      lines.push(`update ${one.name}`, ...(await updated(one)), "");
    }
    await goldens.same(`${name}/jetstream.txt`, lines.join("\n"));
  });
});

describe("what is run on a host", () => {
  it("to look at it", async () => {
    await goldens.same("survey.txt", surveyScript);
    expect(clockScript).toBe("date +%s%N");
    expect(asRoot({ user: "root" }, clockScript)).toBe("sh -euc 'date +%s%N'");
    expect(asRoot({ user: "admin" }, "it's")).toBe(`sudo -n sh -euc 'it'\\''s'`);
  });

  it.each(["prod", "remote"])("to look at the VPN of %s", async (name) => {
    const [gate, ...others] = askedOf(name, "nats:host:Mesh");
    if (gate === undefined) throw new Error("there is no VPN");
    expect(others).toEqual([]);
    const inputs = checked(gate);
    const peers = inputs.peers as readonly { address: string; publicKey: string; ssh: SshHost }[];
    const told = new Map<string, string>();
    const answer = [
      "now 1000",
      ...peers.flatMap(({ address, publicKey }) => [`answer ${address}`, `${publicKey} 999`]),
      "interface",
    ].join("\n");
    const listening = meshGate(async (host, script) => {
      told.set(host.address, script);
      return { code: 0, stdout: answer, stderr: "" };
    });
    const made = await erased(listening).create(inputs, contextFor(gate, silent));
    expect(made).toEqual({ id: inputs.interfaceName, state: inputs });
    const texts = [...told].map(([address, script]) => `# to ${address}\n${script}\n`);
    await goldens.same(`${name}/mesh.txt`, texts.join("\n"));
  });
});

it("leaves no golden value out", () => {
  expect(goldens.unseen()).toEqual([]);
});
