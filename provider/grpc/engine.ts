import grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";

/** The engine's side of the conversation: the engine shows these messages next to the resource. */
export class Engine {
  private readonly client: InstanceType<typeof engineService.EngineClient>;

  constructor(address: string) {
    this.client = new engineService.EngineClient(address, grpc.credentials.createInsecure());
  }

  /** Shown while the resource is being worked on, and then forgotten. */
  progress(urn: string, message: string): void {
    this.log(urn, message, engineMessages.LogSeverity.INFO, true);
  }

  /** Stays on the screen. */
  warn(urn: string, message: string): void {
    this.log(urn, message, engineMessages.LogSeverity.WARNING, false);
  }

  private log(urn: string, message: string, severity: engineMessages.LogSeverity, ephemeral: boolean): void {
    const line = new engineMessages.LogRequest();
    line.setUrn(urn);
    line.setMessage(message);
    line.setSeverity(severity);
    line.setEphemeral(ephemeral);
    this.client.log(line, () => {});
  }
}
