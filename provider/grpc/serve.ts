import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type { AnyResource } from "../registry.ts";
import { Engine } from "./engine.ts";
import { providerService } from "./service.ts";

/** Serves the resources to the engine at this address, on a free port of loopback. */
export function serve(
  resources: Readonly<Record<string, AnyResource>>,
  engineAddress: string,
  version: string,
  onPort: (port: number) => void,
): void {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(
    services.ResourceProviderService,
    providerService(resources, new Engine(engineAddress), version),
  );
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    onPort(port);
  });
}
