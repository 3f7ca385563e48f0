import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { WireGuardMesh } from "../../components/wireguard/mesh.ts";
import { asRoot, type SshHost } from "../../model/ssh.ts";
import { removeScript } from "../../plan/render/wireguard/apply.ts";
import { publicKeyOf } from "../../plan/render/wireguard/keys.ts";
import type { VpnPlan } from "../../plan/vpn-plan.ts";
import { isSecret, mockEngine, type Registered, value } from "../support/mocks.ts";
import { ed25519Pem } from "../support/pem.ts";
import { named } from "../support/program.ts";

vi.setConfig({ testTimeout: 30_000 });

const numbers: Record<string, number> = { copenhagen: 1, oslo: 2, stockholm: 3, helsinki: 4 };
const three = ["copenhagen", "oslo", "stockholm"];

const ssh = (hostId: string): SshHost => ({
  address: `198.51.100.${numbers[hostId]}`,
  port: 22,
  user: "root",
  hostKey: "ssh-ed25519 AAAA",
  identityFile: undefined,
});

interface Wish {
  readonly ids?: readonly string[];
  readonly keyGenerations?: Readonly<Record<string, number>>;
  readonly presharedKeyGeneration?: number;
  readonly interfaceName?: string;
  readonly rotated?: string;
  readonly skip?: readonly string[];
  readonly preview?: boolean;
}

function planOf({
  ids = three,
  keyGenerations = {},
  presharedKeyGeneration = 1,
  interfaceName = "wg0",
}: Wish) {
  const peers = ids.map((hostId) => ({
    hostId,
    address: `10.0.${numbers[hostId]}.1`,
    network: `10.0.${numbers[hostId]}.0/24`,
    endpoint: `198.51.100.${numbers[hostId]}:51820`,
    listenPort: 51820,
    keyGeneration: keyGenerations[hostId] ?? 1,
  }));
  return { interfaceName, mtu: 1420, presharedKeyGeneration, peers } satisfies VpnPlan;
}

/** By name, made once, so that what is registered twice is the same. */
const pems = new Map<string, string>();

function pemOf(name: string): string {
  const pem = pems.get(name) ?? ed25519Pem();
  pems.set(name, pem);
  return pem;
}

class Ready extends pulumi.CustomResource {
  constructor(hostId: string) {
    super("test:host:Ready", `${hostId}-ready`, {});
  }
}

async function build(
  wish: Wish = {},
  hear: (name: string, options: pulumi.CustomResourceOptions) => void = () => {},
): Promise<Registered[]> {
  const plan = planOf(wish);
  const registered = await mockEngine(
    ({ type, name }) =>
      type === "tls:index/privateKey:PrivateKey" ? { privateKeyPemPkcs8: pemOf(name) } : {},
    wish.preview ?? false,
  );
  class Nats extends pulumi.ProviderResource {}
  const ids = plan.peers.map(({ hostId }) => hostId);
  const mesh = new WireGuardMesh(
    "vpn",
    {
      plan,
      ssh: new Map(ids.map((id) => [id, ssh(id)])),
      after: new Map(ids.map((id) => [id, [new Ready(id)]])),
      rotated: wish.rotated,
      skip: wish.skip ?? [],
      nats: new Nats("nats", "nats", {}),
    },
    { transformations: [({ name, opts }) => void hear(name, opts)] },
  );
  await value(mesh.gate.urn);
  return registered;
}

const commands = (registered: readonly Registered[]) =>
  registered.filter(({ type }) => type === "command:local:Command");

/** The bare text that a host's command reads. */
function confOf(registered: readonly Registered[], hostId: string): string {
  const { stdin } = named(registered, `${hostId}-wireguard`).inputs;
  return (isSecret(stdin) ? (stdin as { value: unknown }).value : stdin) as string;
}

describe("the VPN", () => {
  it("has a key and a command for each host, a preshared key for each two, and one gate", async () => {
    const registered = await build();
    expect(registered.filter(({ type }) => type !== "test:host:Ready").map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        ...three.map((id) => `${id}-wireguard-key-1`),
        ...three.map((id) => `${id}-wireguard`),
        "preshared-copenhagen/oslo-1",
        "preshared-copenhagen/stockholm-1",
        "preshared-oslo/stockholm-1",
        "vpn",
      ]),
    );
    expect(registered.filter(({ type }) => type === "tls:index/privateKey:PrivateKey")).toHaveLength(6);
    for (const { type, inputs } of registered)
      if (type === "tls:index/privateKey:PrivateKey") expect(inputs.algorithm).toBe("ED25519");
    expect(
      registered.filter(({ type }) => type === "unityplan:wireguard:Peer").map(({ name }) => name),
    ).toEqual(three);
  });

  it("gives each host all others with one preshared key for both ends", async () => {
    const registered = await build();
    const presharedKeys = (hostId: string) => confOf(registered, hostId).match(/PresharedKey = .*/g) ?? [];
    const all = three.flatMap(presharedKeys);
    expect(all).toHaveLength(6);
    expect(new Set(all).size).toBe(3);
    for (const hostId of three) {
      const conf = confOf(registered, hostId);
      for (const other of three) {
        const publicKey = publicKeyOf(pemOf(`${other}-wireguard-key-1`));
        expect(conf.includes(`PublicKey = ${publicKey}`)).toBe(other !== hostId);
      }
    }
  });

  it("tells the engine that what the hosts are given is a secret, and shows no private key anywhere else", async () => {
    const registered = await build();
    const secrets = three.flatMap(
      (id) => confOf(registered, id).match(/(PrivateKey|PresharedKey) = (.*)/g) ?? [],
    );
    const keys = secrets.map((line) => line.slice(line.indexOf("= ") + 2));
    expect(keys).toHaveLength(9);
    for (const { name, inputs } of registered) {
      const { stdin, ...others } = inputs;
      if (stdin !== undefined) expect([name, isSecret(stdin)]).toEqual([name, true]);
      for (const key of keys) expect(JSON.stringify(others)).not.toContain(key);
    }
  });

  it("shows what goes wrong on a host", async () => {
    const registered = await build();
    for (const id of three) expect(named(registered, `${id}-wireguard`).inputs.logging).toBe("stderr");
  });

  it("touches a host when that one is ready and waits for no other one", async () => {
    const registered = await build();
    for (const id of three) {
      const { dependencies } = named(registered, `${id}-wireguard`);
      const others = three.filter((other) => other !== id);
      expect(dependencies).toContain(`${id}-ready`);
      for (const other of others) {
        expect(dependencies).not.toContain(`${other}-wireguard`);
        expect(dependencies).not.toContain(`${other}-ready`);
      }
    }
  });

  it("lets the host with a new private key go first", async () => {
    const registered = await build({ keyGenerations: { oslo: 2 }, rotated: "oslo" });
    expect(named(registered, "oslo-wireguard").dependencies).not.toContain("copenhagen-wireguard");
    for (const id of ["copenhagen", "stockholm"])
      expect(named(registered, `${id}-wireguard`).dependencies).toContain("oslo-wireguard");
    expect(registered.map(({ name }) => name)).toContain("oslo-wireguard-key-2");
    expect(registered.map(({ name }) => name)).not.toContain("oslo-wireguard-key-1");
  });

  it("is the same for the gate whichever host went first, so that the update after a rotation has nothing to do", async () => {
    const revision = async (wish: Wish) =>
      (await build({ keyGenerations: { oslo: 2 }, ...wish })).find(({ type }) => type === "nats:host:Mesh")
        ?.inputs.revision;
    expect(await revision({ rotated: "oslo" })).toEqual(await revision({}));
  });

  it("has the gate wait for every host, and tells it whom to ask and how", async () => {
    const registered = await build();
    const gate = registered.find(({ type }) => type === "nats:host:Mesh");
    expect(gate?.dependencies).toEqual(expect.arrayContaining(three.map((id) => `${id}-wireguard`)));
    expect(gate?.inputs).toMatchObject({ interfaceName: "wg0", without: [] });
    expect(gate?.inputs.peers).toEqual(
      three.map((hostId) => ({
        hostId,
        ssh: expect.objectContaining({ address: ssh(hostId).address }),
        address: `10.0.${numbers[hostId]}.1`,
        endpoint: `198.51.100.${numbers[hostId]}:51820`,
        publicKey: publicKeyOf(pemOf(`${hostId}-wireguard-key-1`)),
      })),
    );
  });

  it.each<[string, Wish]>([
    ["a new private key", { keyGenerations: { oslo: 2 }, rotated: "oslo" }],
    ["new preshared keys", { presharedKeyGeneration: 2 }],
    ["another host", { ids: [...three, "helsinki"] }],
  ])("lets the gate look again after %s, and not after nothing", async (_, wish) => {
    const revision = async (asked: Wish) =>
      (await build(asked)).find(({ type }) => type === "nats:host:Mesh")?.inputs.revision;
    expect(await revision({})).toEqual(await revision({}));
    expect(await revision(wish)).not.toEqual(await revision({}));
  });

  it("keeps every key there is when a host comes, wherever in the list", async () => {
    const before = await build();
    const after = await build({ ids: ["helsinki", ...three].reverse() });
    const keys = (registered: readonly Registered[]) =>
      registered.filter(({ type }) => type === "tls:index/privateKey:PrivateKey").map(({ name }) => name);
    expect(keys(after)).toEqual(expect.arrayContaining(keys(before)));
    expect(keys(after)).toHaveLength(10);
    for (const id of three) {
      const sections = (registered: readonly Registered[]) => confOf(registered, id).split("\n# ").slice(1);
      const known = sections(before).filter((section) => section.includes("[Peer]"));
      for (const section of known) expect(sections(after)).toContain(section);
    }
  });

  it("takes the interface down where a host leaves", async () => {
    const registered = await build();
    expect(commands(registered).map(({ inputs }) => inputs.delete)).toEqual(
      three.map((id) => asRoot(ssh(id), removeScript("wg0"))),
    );
  });

  it("still has everything of a host that is left out, runs nothing there, and asks nobody about it", async () => {
    const ignored = new Map<string, readonly string[]>();
    const registered = await build({ skip: ["oslo"] }, (name, { ignoreChanges = [] }) =>
      ignored.set(name, ignoreChanges),
    );
    expect(commands(registered)).toHaveLength(3);
    expect(three.map((id) => ignored.get(`${id}-wireguard`))).toEqual([[], ["*"], []]);
    expect(registered.find(({ type }) => type === "nats:host:Mesh")?.inputs.without).toEqual(["oslo"]);
    expect(confOf(registered, "copenhagen")).toContain("# oslo");
  });

  it("takes the interface down before it comes up by another name, which needs its address and port", async () => {
    const seen = new Map<string, pulumi.CustomResourceOptions>();
    const registered = await build({ interfaceName: "wg7" }, (name, options) => seen.set(name, options));
    expect(seen.get("oslo-wireguard")).toMatchObject({
      replaceOnChanges: expect.arrayContaining(["environment"]),
      deleteBeforeReplace: true,
    });
    expect(named(registered, "oslo-wireguard").inputs.environment).toEqual({ interface: "wg7" });
  });
});
