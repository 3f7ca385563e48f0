import * as pulumi from "@pulumi/pulumi";
import type resources from "@pulumi/pulumi/proto/resource_pb.js";
import { getMonitor } from "@pulumi/pulumi/runtime/settings.js";

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  /** Names of what it waits for. */
  readonly dependencies: readonly string[];
  /** Names of what it is replaced with. */
  readonly replacedWith: readonly string[];
  readonly isProtected: boolean;
  /** Inputs whose changes are ignored. */
  readonly ignored: readonly string[];
}

const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const signatureKey = "4dabf18193072939515e22adb298388d";

/** Whether the engine was told that this value is a secret. */
export function isSecret(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as Record<string, unknown>)[signatureKey] === secretSignature
  );
}

/** Replaces the engine: what is registered is written down, and answers with `outputs` beside its inputs. */
export async function mockEngine(
  outputs: (resource: Registered) => Record<string, unknown>,
  preview = false,
): Promise<Registered[]> {
  const registered: Registered[] = [];
  let request: resources.RegisterResourceRequest | undefined;
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        const resource = {
          type: args.type,
          name: args.name,
          inputs: args.inputs as Record<string, unknown>,
          dependencies: namesOf(request?.getDependenciesList()),
          replacedWith: namesOf(request?.getReplaceWithList()),
          isProtected: request?.getProtect() ?? false,
          ignored: request?.getIgnorechangesList() ?? [],
        };
        registered.push(resource);
        return { id: `${args.name}-id`, state: { ...args.inputs, ...outputs(resource) } };
      },
      call: (args) => args.inputs,
    },
    "unityplan-nats",
    "test",
    preview,
  );
  listen((asked) => {
    request = asked;
  });
  return registered;
}

/** The mocks hand inputs over and keep the options to themselves. */
function listen(hear: (request: resources.RegisterResourceRequest) => void): void {
  const monitor = getMonitor() as unknown as {
    registerResource(request: resources.RegisterResourceRequest, callback: unknown): Promise<void>;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    // What follows runs to the mocks' `newResource` without a pause.
    hear(request);
    return register(request, callback);
  };
}

function namesOf(urns: readonly string[] = []): string[] {
  return [...new Set(urns.map((urn) => urn.slice(urn.lastIndexOf("::") + 2)))].sort();
}

/** Awaits an output, so that a failing expectation fails the test. What is plain is there already. */
export function value<T>(given: pulumi.Output<T> | T): Promise<T> {
  if (!pulumi.Output.isInstance<T>(given)) return Promise.resolve(given as T);
  return new Promise((resolve, reject) => {
    given.apply(resolve);
    (given as unknown as { promise(): Promise<T> }).promise().catch(reject);
  });
}
