import type grpc from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { ClusterClient } from "../../client/cluster-client.ts";
import type { Properties } from "../../model/contract/properties.ts";
import { parseUrn } from "../../model/urn.ts";
import { accessFrom, checkConfiguration } from "../configuration.ts";
import type { AnyResource } from "../registry.ts";
import type { Context } from "../resource.ts";
import type { Engine } from "./engine.ts";
import { toServiceError } from "./failure.ts";
import { checked, diffed, diffedConfiguration, present } from "./responses.ts";
import { fromProperties, toProperties } from "./values.ts";

/** How long a request may take when `customTimeouts` says nothing, in seconds. */
const defaultTimeoutSeconds = 180;

type Handler<Request, Response> = (request: Request) => Response | Promise<Response>;

/** Translates between the engine's protocol and the resources; it decides nothing. */
export function providerService(
  resources: Readonly<Record<string, AnyResource>>,
  engine: Engine,
  version: string,
) {
  let configured: Properties = {};
  let cluster: ClusterClient | undefined;

  const resourceOf = (urn: string): AnyResource => {
    const type = parseUrn(urn).types.at(-1) ?? "";
    const resource = resources[type];
    if (resource !== undefined) return resource;
    throw new Error(
      `the provider "nats" has no resource type ${type}; it has ${Object.keys(resources).join(", ")}`,
    );
  };

  const contextOf = (urn: string, timeoutSeconds: number): Context => {
    cluster ??= new ClusterClient(accessFrom(configured));
    const { stack, project, name } = parseUrn(urn);
    return {
      urn,
      project,
      stack,
      name,
      cluster,
      deadline: Date.now() + (timeoutSeconds > 0 ? timeoutSeconds : defaultTimeoutSeconds) * 1000,
      progress: (message) => engine.progress(urn, message),
      warn: (message) => engine.warn(urn, message),
    };
  };

  let cancel = (_: Error): void => {};
  const stop = new Promise<never>((_, reject) => {
    cancel = reject;
  });
  stop.catch(() => {});
  /** A cancelled request fails at once; the next update finds what it had already done by the owner tag. */
  const orCancelled = <T>(work: Promise<T>): Promise<T> => Promise.race([work, stop]);

  return {
    getPluginInfo: unary(() => {
      const info = new plugin.PluginInfo();
      info.setVersion(version);
      return info;
    }),
    checkConfig: unary((request: messages.CheckRequest) =>
      checked(request.getNews(), checkConfiguration(toProperties(request.getNews()))),
    ),
    diffConfig: unary((request: messages.DiffRequest) => diffedConfiguration(request)),
    configure: unary((request: messages.ConfigureRequest) => {
      configured = toProperties(request.getArgs());
      const response = new messages.ConfigureResponse();
      response.setSupportspreview(true);
      return response;
    }),
    check: unary((request: messages.CheckRequest) => {
      const olds = request.getOlds();
      const { inputs, failures } = resourceOf(request.getUrn()).check(
        toProperties(request.getNews()),
        olds === undefined ? undefined : toProperties(olds),
      );
      return checked(fromProperties(inputs), failures);
    }),
    diff: unary((request: messages.DiffRequest) => {
      const olds = toProperties(request.getOldInputs());
      return diffed(
        resourceOf(request.getUrn()).diff(
          toProperties(request.getOlds()),
          olds,
          toProperties(request.getNews()),
        ),
      );
    }),
    create: unary(async (request: messages.CreateRequest) => {
      const resource = resourceOf(request.getUrn());
      const inputs = toProperties(request.getProperties());
      const response = new messages.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(fromProperties(resource.preview(inputs, undefined)));
        return response;
      }
      const context = contextOf(request.getUrn(), request.getTimeout());
      const { id, state } = await orCancelled(resource.create(inputs, context));
      response.setId(id);
      response.setProperties(fromProperties(state));
      return response;
    }),
    read: unary(async (request: messages.ReadRequest) => {
      const response = new messages.ReadResponse();
      const inputs = present(toProperties(request.getInputs()));
      const state = present(toProperties(request.getProperties()));
      const context = contextOf(request.getUrn(), request.getTimeout());
      const found = await orCancelled(
        resourceOf(request.getUrn()).read(request.getId(), inputs, state, context),
      );
      if (found === undefined) return response;
      response.setId(found.id);
      response.setInputs(fromProperties(found.inputs));
      response.setProperties(fromProperties(found.state));
      return response;
    }),
    update: unary(async (request: messages.UpdateRequest) => {
      const resource = resourceOf(request.getUrn());
      const state = toProperties(request.getOlds());
      const news = toProperties(request.getNews());
      const response = new messages.UpdateResponse();
      if (request.getPreview()) {
        response.setProperties(fromProperties(resource.preview(news, state)));
        return response;
      }
      const context = contextOf(request.getUrn(), request.getTimeout());
      response.setProperties(
        fromProperties(await orCancelled(resource.update(request.getId(), state, news, context))),
      );
      return response;
    }),
    delete: unary(async (request: messages.DeleteRequest) => {
      const context = contextOf(request.getUrn(), request.getTimeout());
      const state = toProperties(request.getProperties());
      const inputs = toProperties(request.getOldInputs());
      await orCancelled(resourceOf(request.getUrn()).delete(request.getId(), state, context, inputs));
      return new empty.Empty();
    }),
    cancel: unary(() => {
      cancel(new Error("cancelled; run the update again: it goes on where this update stopped"));
      return new empty.Empty();
    }),
  } satisfies Partial<IResourceProviderServer>;
}

function unary<Request, Response>(
  handle: Handler<Request, Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handle(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(toServiceError(error), null),
      );
  };
}
