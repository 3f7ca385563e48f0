import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { unknown } from "@pulumi/pulumi/output.js";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NatsCluster } from "../../components/cluster.ts";
import { underPolicy } from "../../components/policy/under-policy.ts";
import type { Topology } from "../../plan/topology.ts";
import { nothingDeployed } from "../../plan/transitions/deployed-state.ts";
import { plan } from "../support/configuration.ts";
import type { Registered } from "../support/mocks.ts";
import { prodSections } from "../support/policy.ts";
import { mocked, named } from "../support/program.ts";

const good = { image: `sha256:${"0".repeat(64)}`, restart: "always", memory: 256 };
const dev = plan();
let warnings: string[];
let registered: Registered[];
let listeners: NodeJS.UnhandledRejectionListener[];

beforeEach(async () => {
  // Pulumi's host hears of a failed registration in no other way, so that there is always one unhandled.
  listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (error) => {
    if (!pulumi.RunError.isInstance(error)) throw error;
  });
  warnings = [];
  vi.spyOn(pulumi.log, "warn").mockImplementation(async (text) => {
    warnings.push(text);
  });
  registered = await mocked();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await turns();
  process.removeAllListeners("unhandledRejection");
  for (const listener of listeners) process.on("unhandledRejection", listener);
});

/** Runs a program under policy as the only one of its stack, and gives what `make` made. */
async function run<Made>(topology: Topology, make: () => Made): Promise<Made> {
  let made: { readonly it: Made } | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    made = { it: underPolicy(topology, make) };
  });
  if (made === undefined) throw new Error("nothing was made");
  return made.it;
}

/** Pulumi's own, by which every program begins, left out. */
const names = () => registered.filter(({ type }) => type !== "pulumi:pulumi:Stack").map(({ name }) => name);

/** Whatever is on its way to the engine has come there. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** An output that has no value before it is given one. */
function pending<T>(): { readonly output: pulumi.Output<T>; readonly become: (value: T) => void } {
  let become: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    become = resolve;
  });
  return { output: pulumi.output(promise) as pulumi.Output<T>, become: (value) => become(value) };
}

/** What a resource's registration failed with; undefined: it is registered. */
function failureOf(resource: pulumi.Resource): Promise<string | undefined> {
  const urn = resource.urn as unknown as { promise(): Promise<string> };
  return urn.promise().then(
    () => undefined,
    (error: Error) => error.message,
  );
}

describe("the whole program", () => {
  it.each([
    ["dev", {}],
    ["prod", prodSections],
  ])("of %s keeps every rule, with no waiver and no warning", async (_, sections) => {
    const topology = plan(sections);
    await run(topology, () => new NatsCluster("unityplan-global", { topology, deployed: nothingDeployed }));
    await vi.waitFor(
      () => {
        const consumers = registered.filter(({ type }) => type === "nats:jetstream:Consumer");
        expect(consumers).toHaveLength(topology.consumers.length);
      },
      { timeout: 20_000 },
    );
    expect(warnings).toEqual([]);
  });

  it("is refused for its plan alone too", async () => {
    const topology = plan(prodSections);
    const open = { ...topology, cluster: { ...topology.cluster, clientTls: "off" as const } };
    await expect(run(open, () => {})).rejects.toThrow(
      "service-nats-dk: the client port in nats.conf has no TLS",
    );
  });

  it("with a broken rule registers nothing at all, of whatever kind", async () => {
    const topology = plan({ ...prodSections, tls: { clients: "required", leafLifetime: "500d" } });
    const open = { ...topology, cluster: { ...topology.cluster, image: "nats:latest" } };
    const running = run(
      open,
      () => new NatsCluster("unityplan-global", { topology: open, deployed: nothingDeployed }),
    );
    await expect(running).rejects.toThrow(
      /^test breaks 2 rules of policy; nothing was touched:\npinned-image: .*copenhagen-image takes "nats:latest".*\ncertificate-lifetimes: .*dk-renewal would last 500d/s,
    );
    await turns();
    expect(names()).toEqual([]);
  });
});

describe("a resource", () => {
  it("keeps what it waits for, and its inputs as they are", async () => {
    await run(dev, () => {
      const first = new docker.Network("first", { name: "first" });
      new docker.Container("second", { ...good, hostname: first.name }, { dependsOn: first });
      new docker.Container("third", good, { dependsOn: pulumi.output([first]) });
    });
    await vi.waitFor(() => expect(names()).toHaveLength(3));
    const inputs = { ...good, hostname: "first" };
    expect(named(registered, "second")).toMatchObject({ inputs, dependencies: ["first"] });
    expect(named(registered, "third")).toMatchObject({ inputs: good, dependencies: ["first"] });
  });

  it("is judged by an output as soon as that is known, and is not registered if that is wrong", async () => {
    const image = pending<string>();
    const [early, late] = await run(dev, () => [
      new docker.Container("early", good),
      new docker.Container("late", { ...good, image: image.output }),
    ]);
    expect(early && (await failureOf(early))).toBeUndefined();
    image.become("nats:latest");
    expect(late && (await failureOf(late))).toMatch(
      /^test breaks 1 rule of policy; seen only when a value became known.*late takes "nats:latest"/s,
    );
    expect(names()).toEqual(["early"]);
  });

  it("is registered with an output that is right, or a secret", async () => {
    const seed = pulumi.secret(Promise.resolve(`SU${"A".repeat(56)}`));
    const made = await run(dev, () => [
      new docker.Container("image", { ...good, image: pulumi.output(Promise.resolve("nats:2.15.1")) }),
      new docker.Container("secret", { ...good, envs: [pulumi.interpolate`SEED=${seed}`] }),
    ]);
    expect(await Promise.all(made.map(failureOf))).toEqual([undefined, undefined]);
    const plain = await run(dev, () => {
      const open = pulumi.output(Promise.resolve(`SEED=SU${"A".repeat(56)}`));
      return new docker.Container("plain", { ...good, envs: [open] });
    });
    expect(await failureOf(plain)).toContain("plain has an NKey seed in plain text in envs.0");
  });

  it("is refused by its constructor where it is made after all others", async () => {
    await run(dev, () => {});
    expect(() => new docker.Container("after", { ...good, memory: 0 })).toThrow("memory-limit");
    await turns();
    expect(names()).toEqual([]);
  });
});

describe("a waiver", () => {
  const waiving = (name: string) => plan({ policy: { waive: { [name]: "this is a test" } } });

  it("lets what breaks the rule pass, with a warning each and its reason", async () => {
    await run(waiving("memory-limit"), () => {
      for (const name of ["first", "second"]) new docker.Container(name, { ...good, memory: 0 });
    });
    await vi.waitFor(() => expect(names()).toEqual(["first", "second"]));
    expect(warnings).toEqual(
      ["first", "second"].map((name) =>
        expect.stringContaining(
          `Policy: memory-limit is waived ("this is a test"): ${name} may use all the memory of its host.`,
        ),
      ),
    );
  });

  it("lets no other rule pass", async () => {
    const running = run(waiving("memory-limit"), () => {
      new docker.Container("first", { ...good, memory: 0, restart: "no" });
    });
    await expect(running).rejects.toThrow(/breaks 1 rule of policy; nothing was touched:\nrestart-policy/);
  });

  it("is for outputs too, and is warned of once", async () => {
    const made = await run(
      waiving("pinned-image"),
      () =>
        new docker.Container("first", {
          ...good,
          image: "nats:latest",
          hostname: pulumi.output(Promise.resolve("x")),
        }),
    );
    expect(await failureOf(made)).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining("pinned-image is waived")]);
  });

  it.each(["memory-limit", "pinned-image"])("of %s that waives nothing is warned of", async (name) => {
    await run(waiving(name), () => new docker.Container("first", good));
    await vi.waitFor(() =>
      expect(warnings).toEqual([
        `Policy: ${name} is waived, and nothing breaks it; remove policy.waive.${name} from the configuration`,
      ]),
    );
  });

  it("that may waive something when more is known is not warned of before", async () => {
    const image = pending<string>();
    const topology = waiving("pinned-image");
    const made = await run(topology, () => new docker.Container("first", { ...good, image: image.output }));
    await turns();
    expect(warnings).toEqual([]);
    image.become("nats:latest");
    expect(await failureOf(made)).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining("pinned-image is waived")]);
  });

  it("that may waive something when nobody knows yet, as in a preview, is not warned of", async () => {
    const made = await run(
      waiving("pinned-image"),
      () => new docker.Container("first", { ...good, image: pulumi.output<string>(unknown as never) }),
    );
    expect(await failureOf(made)).toBeUndefined();
    await turns();
    expect(warnings).toEqual([]);
  });
});
