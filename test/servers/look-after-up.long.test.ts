import { createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePorts } from "../../harness/ports.ts";
import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import { lookAfter } from "../../operations/up/look.ts";
import { plan } from "../support/configuration.ts";

/** Servers that accept connections and never answer, as frozen hosts do. */
let silent: Server[];
const sockets: Socket[] = [];
let outputs: StackOutputs;

beforeAll(async () => {
  const ids = ["dk", "no", "se"];
  const ports = await freePorts(ids.length * 2);
  silent = ports.map((port) => createServer((socket) => sockets.push(socket)).listen(port, "127.0.0.1"));
  const pods = ids.map((id, index) => {
    const [client, cluster] = [ports[index * 2], ports[index * 2 + 1]];
    const addresses = { clientUrl: `nats://127.0.0.1:${client}`, clusterAddress: `127.0.0.1:${cluster}` };
    return [id, { serverName: `service-nats-${id}`, ...addresses }];
  });
  outputs = {
    clusterName: "unityplan-global",
    clientTls: "off",
    pods: Object.fromEntries(pods),
    streams: ["GLOBAL_EVENTS"],
    consumers: ["GLOBAL_EVENTS/global-processor"],
    caCertificate: "",
    systemSeed: "SUAOXMFKUKUK52JHMDZJH2G72YUEQLMNVDKTVJYGQZ7HRJJKFGFIHTV2HI",
    clientCertificates: {},
    operatorCertificate: { certificate: "", privateKey: "" },
  } as unknown as StackOutputs;
});

afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of silent) server.close();
});

it("ends within its limit where no server answers, and names the command", async () => {
  const begin = Date.now();
  const { text, healthy } = await lookAfter({
    stack: "prod",
    topology: plan({}),
    outputs,
    skip: [],
    refreshed: false,
  });
  expect(Date.now() - begin).toBeLessThan(31_000);
  expect(healthy).toBe(false);
  expect(text).toContain("unityplan-global: UNHEALTHY");
  expect(text).toContain("`npm run up -- --refresh prod`");
}, 40_000);
