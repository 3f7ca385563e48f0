import { createHash, createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type resources from "@pulumi/pulumi/proto/resource_pb.js";
import { getMonitor } from "@pulumi/pulumi/runtime/settings.js";
import { vi } from "vitest";
import { program } from "../../index.ts";
import type { GoldenStack } from "./golden-stacks.ts";

/** A resource as the engine was asked for it. */
export interface Asked {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** As they go over the wire: a secret is a map with Pulumi's signature. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What was registered as outputs of a component, or of the stack. */
  readonly outputs: Readonly<Record<string, unknown>> | undefined;
  /** Options of the resource, those that say something. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a run of the program came to. */
export interface Run {
  /** By URN, sorted. */
  readonly asked: readonly Asked[];
  readonly warnings: readonly string[];
  /** What the update leaves, as the program of the next one reads it: by URN. */
  readonly left: Readonly<Record<string, Left>>;
}

interface Left {
  readonly type: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** When every run is, so that nothing in it is of today. */
export const now = new Date("2027-01-01T00:00:00Z");
const ends = "2036-12-29T00:00:00Z";

/** The certificate of a name, made once for the tests; nobody has its key. */
export function certificateOf(name: string): string {
  const file = join(import.meta.dirname, "golden-certificates", `${name.replace("/", "-")}.pem`);
  return readFileSync(file, "utf8");
}

/** An ED25519 key in PKCS#8 that is always the same for a name, and secures nothing. */
export function ed25519PemOf(name: string): string {
  const header = Buffer.from("302e020100300506032b657004220420", "hex");
  const der = Buffer.concat([header, createHash("sha256").update(name).digest()]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return key.export({ format: "pem", type: "pkcs8" }).toString();
}

/** Answers as the plugins would. */
function answer(type: string, name: string, inputs: Readonly<Record<string, unknown>>) {
  switch (type) {
    case "tls:index/privateKey:PrivateKey":
      return { privateKeyPem: `key of ${name}`, privateKeyPemPkcs8: ed25519PemOf(name) };
    case "tls:index/certRequest:CertRequest":
      return { certRequestPem: `request of ${name}` };
    case "tls:index/selfSignedCert:SelfSignedCert":
      return { certPem: certificateOf(name), validityEndTime: ends };
    case "tls:index/locallySignedCert:LocallySignedCert":
      return { certPem: certificateOf(name.replace(/-certificate$/, "")), validityEndTime: ends };
    case "docker:index/remoteImage:RemoteImage":
      return { imageId: `sha256:${createHash("sha256").update(String(inputs.name)).digest("hex")}` };
    case "nats:server:Node":
      return { version: "2.15.1", servedSince: "2026-12-01T00:00:00Z" };
    default:
      return {};
  }
}

/** Runs the whole program on mocks in place of the engine, after an update that left `deployed`. */
export async function run({ name, raw }: GoldenStack, deployed: Run["left"] = {}): Promise<Run> {
  vi.useFakeTimers({ toFake: ["Date"], now });
  // Pulumi's class of the Docker provider takes it for an input.
  vi.stubEnv("DOCKER_HOST", undefined);
  const warnings: string[] = [];
  const warn = vi.spyOn(pulumi.log, "warn").mockImplementation(async (text) => {
    warnings.push(text);
  });
  try {
    const heard = await listen(name, deployed);
    pulumi.runtime.setAllConfig({ ...raw });
    await pulumi.runtime.runInPulumiStack(program);
    // Waits for everything that is on its way to the engine.
    await pulumi.runtime.disconnect();
    return { ...heard(), warnings: warnings.sort() };
  } finally {
    warn.mockRestore();
    vi.unstubAllEnvs();
    vi.useRealTimers();
  }
}

interface Monitor {
  registerResource(
    request: resources.RegisterResourceRequest,
    callback: (error: unknown, response: resources.RegisterResourceResponse | undefined) => void,
  ): Promise<void>;
  registerResourceOutputs(request: resources.RegisterResourceOutputsRequest, callback: unknown): void;
}

/** The mocks hand inputs over and keep the options to themselves. */
async function listen(stack: string, deployed: Run["left"]): Promise<() => Omit<Run, "warnings">> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => ({
        id: type === "nats:jetstream:Stream" ? name : `id of ${name}`,
        state: { ...inputs, ...answer(type, name, inputs) },
      }),
      call: ({ token, inputs }) =>
        token === "pulumi:pulumi:readStackResourceOutputs" ? { outputs: deployed } : inputs,
    },
    "unityplan-nats",
    stack,
  );
  const requests = new Map<string, resources.RegisterResourceRequest>();
  const outputs = new Map<string, Readonly<Record<string, unknown>>>();
  const states = new Map<string, Readonly<Record<string, unknown>>>();
  const monitor = getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResource = (request, callback) =>
    register(request, (error, response) => {
      const urn = response?.getUrn();
      if (urn !== undefined) {
        requests.set(urn, request);
        states.set(urn, response?.getObject()?.toJavaScript() ?? {});
      }
      callback(error, response);
    });
  monitor.registerResourceOutputs = (request, callback) => {
    outputs.set(request.getUrn(), request.getOutputs()?.toJavaScript() ?? {});
    registerOutputs(request, callback);
  };
  return () => {
    const urns = new Urns(stack, requests);
    const asked = [...requests].map(([urn, request]) => askedFor(urn, request, urns, outputs.get(urn)));
    return {
      asked: asked.sort((left, right) => (left.urn < right.urn ? -1 : 1)),
      left: Object.fromEntries(
        [...requests].map(([urn, request]) => [
          urns.of(urn),
          { type: request.getType(), outputs: plain(states.get(urn)) as Left["outputs"] },
        ]),
      ),
    };
  };
}

function askedFor(
  urn: string,
  request: resources.RegisterResourceRequest,
  urns: Urns,
  outputs: Asked["outputs"],
): Asked {
  const list = (items: readonly string[]) => items.map((item) => urns.shorten(item)).sort();
  const { dependenciesList, aliasesList, customtimeouts = {} } = request.toObject();
  const byProperty = Object.fromEntries(
    entriesOf(request.getPropertydependenciesMap())
      .map(([property, dependencies]): [string, string[]] => [property, list(dependencies.getUrnsList())])
      .filter(([, dependencies]) => dependencies.length > 0),
  );
  const byAnyProperty = new Set(Object.values(byProperty).flat());
  const options = {
    parent: urns.shorten(request.getParent()),
    provider: urns.shorten(request.getProvider()),
    providers: Object.fromEntries(
      entriesOf(request.getProvidersMap()).map(([key, provider]) => [key, urns.shorten(provider)]),
    ),
    dependsOn: list(dependenciesList).filter((dependency) => !byAnyProperty.has(dependency)),
    dependsOnByProperty: byProperty,
    deletedWith: urns.shorten(request.getDeletedwith()),
    replaceWith: list(request.getReplaceWithList()),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    hideDiffs: request.getHidediffsList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: aliasesList,
    import: request.getImportid(),
    timeouts: Object.fromEntries(Object.entries(customtimeouts).filter(([, time]) => time !== "")),
  };
  return {
    urn: urns.of(urn),
    type: request.getType(),
    name: request.getName(),
    inputs: request.getObject()?.toJavaScript() ?? {},
    outputs,
    options: Object.fromEntries(Object.entries(options).filter(([, value]) => saysSomething(value))),
  };
}

/** Entries of a map in a message, which has no iterator that TypeScript knows. */
function entriesOf<Value>(map: { forEach(callback: (value: Value, key: string) => void): void }) {
  const entries: [string, Value][] = [];
  map.forEach((value, key) => void entries.push([key, value]));
  return entries;
}

function saysSomething(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return value !== "" && value !== false;
}

/** The mocks' URNs name the parent alone, and an engine's all that is above but the stack. */
class Urns {
  private readonly head: string;
  private readonly requests: ReadonlyMap<string, resources.RegisterResourceRequest>;

  constructor(stack: string, requests: ReadonlyMap<string, resources.RegisterResourceRequest>) {
    this.head = `urn:pulumi:${stack}::unityplan-nats`;
    this.requests = requests;
  }

  of(mocked: string): string {
    return `${this.head}::${this.typesOf(mocked).join("$")}::${this.requests.get(mocked)?.getName()}`;
  }

  /** The type and name behind a URN, or behind one with an id as providers are named. */
  shorten(mocked: string): string {
    const [, , types = "", ...names] = mocked.split("::");
    const type = types.slice(types.lastIndexOf("$") + 1);
    return names.length === 0 ? "" : `${type} ${names[0]}`;
  }

  private typesOf(mocked: string): string[] {
    const request = this.requests.get(mocked);
    if (request === undefined) throw new Error(`${mocked} was not asked for`);
    const parent = request.getParent();
    const isBelowStack = parent === "" || this.requests.get(parent)?.getType() === "pulumi:pulumi:Stack";
    return [...(isBelowStack ? [] : this.typesOf(parent)), request.getType()];
  }
}

const signatureKey = "4dabf18193072939515e22adb298388d";

/** A value without Pulumi's marks of secrets. */
export function plain(value: unknown): unknown {
  return withSecrets(value, (secret) => secret);
}

/** A value whose secrets are shown in another way. */
export function withSecrets(value: unknown, show: (secret: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withSecrets(item, show));
  if (typeof value !== "object" || value === null) return value;
  if (signatureKey in value && "value" in value) return show(withSecrets(value.value, show));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withSecrets(item, show)]));
}
