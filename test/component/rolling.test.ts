import { describe, expect, it, vi } from "vitest";
import type { Registered } from "../support/mocks.ts";
import { build, deployedStateOf, named, topologyOf } from "../support/program.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const ids = ["dk", "no", "se"];

/** The pods' resources in the order in which they must wait for each other. */
const chain = (order: readonly string[]) =>
  order.flatMap((id) => ["preflight", "loader", "server", "node"].map((part) => `${id}-${part}`));

const built = new Map<string, Promise<Registered[]>>();

/** What is registered with that rollout, made once. */
function rolled(rollout: unknown): Promise<Registered[]> {
  const key = JSON.stringify(rollout);
  const registered =
    built.get(key) ?? build(topologyOf(ids, { rollout })).then((program) => program.registered);
  built.set(key, registered);
  return registered;
}

describe("a rolling update", () => {
  it.each([
    ["rolling", ids],
    [{ mode: "rolling", first: "se" }, ["se", "dk", "no"]],
  ])("lets each step wait for the one before it: %j", async (rollout, order) => {
    const registered = await rolled(rollout);
    const steps = chain(order);
    for (const [index, step] of steps.entries()) {
      const { dependencies } = named(registered, step);
      expect(dependencies.filter((name) => steps.indexOf(name) >= index)).toEqual([]);
      if (index > 0) expect(dependencies).toContain(steps[index - 1]);
    }
  });

  it("tells each pod who is done, in the order of their turns", async () => {
    const registered = await rolled({ mode: "rolling", first: "se" });
    const done = (id: string) => named(registered, `${id}-preflight`).inputs.done;
    expect([done("se"), done("dk"), done("no")]).toEqual([
      [],
      ["service-nats-se"],
      ["service-nats-se", "service-nats-dk"],
    ]);
    expect(named(registered, "dk-preflight").inputs.rolling).toBe(true);
  });

  it("tells each pod what the last update proved, and what is planned", async () => {
    const deployed = deployedStateOf(topologyOf(ids));
    const topology = topologyOf(ids, { rollout: "rolling", cluster: { restartGeneration: 1 } });
    const { registered } = await build(topology, { deployed });
    const { known, planned, proven } = named(registered, "no-preflight").inputs;
    expect(known).toEqual(ids.map((id) => `service-nats-${id}`));
    expect(proven).toBe(deployed.servers.get("service-nats-no")?.startDigest);
    expect(planned).toBe(named(registered, "no-node").inputs.startDigest);
    expect(planned).not.toBe(proven);
  });
});

describe("an update of all at once", () => {
  it.each(["parallel", "all-at-once"])("(%s) lets no pod wait for another one", async (rollout) => {
    const registered = await rolled(rollout);
    for (const id of ids) {
      const own = registered.filter(({ name }) => chain([id]).includes(name));
      const others = chain(ids.filter((other) => other !== id));
      expect(own.flatMap(({ dependencies }) => dependencies).filter((name) => others.includes(name))).toEqual(
        [],
      );
      expect(named(registered, `${id}-preflight`).inputs).toMatchObject({ rolling: false, done: [] });
    }
  });
});

describe("any update", () => {
  it.each(["rolling", "parallel"])(
    "(%s) touches no pod before it is settled who belongs to the cluster, whom it trusts and what would be lost",
    async (rollout) => {
      const registered = await rolled(rollout);
      expect(named(registered, "look").dependencies.toSorted()).toEqual(["trust", "unityplan-global"]);
      for (const id of ids) {
        expect(named(registered, `${id}-preflight`).dependencies).toEqual(
          ["look"]
            .concat(rollout === "rolling" && id !== "dk" ? [`${ids[ids.indexOf(id) - 1]}-node`] : [])
            .sort(),
        );
        expect(named(registered, `${id}-loader`).dependencies).toContain(`${id}-preflight`);
        expect(named(registered, `${id}-server`).dependencies).toContain(`${id}-preflight`);
      }
    },
  );
});

describe("the digest of what a server is started with", () => {
  const variants: Record<string, Record<string, unknown>> = {
    "nothing else": {},
    "an image": { cluster: { image: "nats:2.14.9" } },
    "a lame duck": { cluster: { lameDuckDuration: "31s" } },
    "a generation": { cluster: { restartGeneration: 1 } },
    "names and an address": {
      cluster: { resourcePrefix: "t1-" },
      hosts: { local: { publishAddress: "127.0.0.2" } },
    },
    "what is reloaded": {
      cluster: { maxPayload: "1MB" },
      tls: { clients: "on" },
      rollout: "rolling",
      streams: { ORDERS: { subjects: ["orders"] } },
    },
  };

  it("differs between two updates where Docker replaces the container, and only there", async () => {
    const seen: { container: string; digest: unknown }[] = [];
    for (const sections of Object.values(variants)) {
      const { registered } = await build(topologyOf(ids, sections));
      const container = JSON.stringify(named(registered, "dk-server").inputs);
      seen.push({ container, digest: named(registered, "dk-node").inputs.startDigest });
    }
    for (const left of seen) {
      for (const right of seen) {
        expect(left.digest === right.digest).toBe(left.container === right.container);
      }
    }
    expect(new Set(seen.map(({ digest }) => digest)).size).toBe(5);
  });
});
