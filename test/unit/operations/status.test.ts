import { describe, expect, it } from "vitest";
import type { StackOutputs } from "../../../model/contract/stack-outputs.ts";
import { daysLeft, faultsOf } from "../../../operations/status/faults.ts";
import type { Seen, UnseenCertificate } from "../../../operations/status/look.ts";
import { screen } from "../../../operations/status/screen.ts";

const now = new Date("2026-11-23T12:00:00Z");

function pod(id: string) {
  return {
    serverName: `service-nats-${id}`,
    clientUrl: "nats://127.0.0.1:4222",
    clusterAddress: "127.0.0.1:6222",
    monitorUrl: "http://127.0.0.1:8222",
    dataVolume: `unityplan-nats-${id}-data`,
    certificateExpires: "2027-11-23T12:00:00Z",
  };
}

const outputs: StackOutputs = {
  clusterName: "unityplan-global",
  pods: { dk: pod("dk"), no: pod("no") },
  streams: ["GLOBAL_EVENTS", "TERRITORY_DK"],
  consumers: [],
  systemSeed: "SU",
  caCertificate: "CA PEM",
  clientTls: "off",
  clientCertificates: {},
  operatorCertificate: { certificate: "OPERATOR PEM", privateKey: "OPERATOR KEY" },
};

function server(id: string, other: string) {
  return {
    name: `service-nats-${id}`,
    version: "2.15.1",
    started: "2026-11-20T10:00:00.123Z",
    routes: [1, 2, 3].map(() => `service-nats-${other}`),
    jetStream: true,
    metaLeader: "service-nats-dk",
    metaPeers: id === "dk" ? [{ name: "service-nats-no", current: true }] : [],
  };
}

const stream = { copies: 1, replicas: [], messages: 7, bytes: 700, consumers: 1 };
const nothingMissing = { consumers: new Map<string, string>(), missing: new Set<string>() };
const healthy: Seen = {
  ...nothingMissing,
  servers: [server("dk", "no"), server("no", "dk")],
  streams: new Map([
    [
      "GLOBAL_EVENTS",
      {
        ...stream,
        copies: 2,
        leader: "service-nats-dk",
        replicas: [{ name: "service-nats-no", current: true }],
      },
    ],
    ["TERRITORY_DK", { ...stream, leader: "service-nats-dk" }],
  ]),
  certificates: new Map([
    ["dk", new Date("2027-01-01T00:00:00Z")],
    ["no", new Date("2027-01-01T00:00:00Z")],
  ]),
};

describe("the status of a stack", () => {
  it("is one screen", () => {
    expect(faultsOf(outputs, healthy, now)).toEqual([]);
    expect(screen(outputs, healthy, [], now)).toMatchInlineSnapshot(`
      "POD  SERVER           VERSION  UP SINCE (UTC)       ROUTES           META     CERTIFICATE
      dk   service-nats-dk  2.15.1   2026-11-20 10:00:00  service-nats-no  leader   38 days left
      no   service-nats-no  2.15.1   2026-11-20 10:00:00  service-nats-dk  current  38 days left

      STREAM         LEADER           REPLICAS                     MESSAGES  BYTES  CONSUMERS
      GLOBAL_EVENTS  service-nats-dk  R2: service-nats-no current  7         700    1
      TERRITORY_DK   service-nats-dk  R1                           7         700    1

      unityplan-global: healthy"
    `);
  });

  it("shows what does not answer instead of leaving it out", () => {
    const seen: Seen = {
      ...nothingMissing,
      servers: [],
      streams: new Map([["GLOBAL_EVENTS", { fault: "no answer" }]]),
      certificates: new Map(),
    };
    const faults = faultsOf(outputs, seen, now);
    expect(screen(outputs, seen, faults, now)).toMatchInlineSnapshot(`
      "POD  SERVER           VERSION          UP SINCE (UTC)  ROUTES  META  CERTIFICATE
      dk   service-nats-dk  does not answer                                none served
      no   service-nats-no  does not answer                                none served

      STREAM         LEADER           REPLICAS  MESSAGES  BYTES  CONSUMERS
      GLOBAL_EVENTS  does not answer
      TERRITORY_DK   does not answer

      unityplan-global: UNHEALTHY
        - service-nats-dk does not answer
        - service-nats-no does not answer
        - the meta group has no leader
        - GLOBAL_EVENTS: no answer
        - dk serves no certificate on its cluster port
        - no serves no certificate on its cluster port"
    `);
  });

  it("says once why no server can be asked, and which certificates have ended", () => {
    const seen: Seen = {
      ...nothingMissing,
      servers: [],
      unreachable: "no NATS server could be reached at nats://10.0.1.1:4222 through ssh root@45.123.45.67",
      streams: new Map([["GLOBAL_EVENTS", { fault: "no NATS server could be reached" }]]),
      certificates: new Map<string, Date | UnseenCertificate>([
        ["dk", new Date("2026-11-22T00:00:00Z")],
        ["no", { fault: "no road" }],
      ]),
    };
    expect(faultsOf(outputs, seen, now)).toEqual([
      seen.unreachable,
      "dk serves a certificate that ended on 2026-11-22T00:00:00.000Z",
    ]);
  });

  it("says why a certificate was not seen", () => {
    const fault = "a TLS handshake with 10.0.2.1:6222 through ssh root@89.234.56.78 failed: it is off";
    const certificates = new Map([...healthy.certificates, ["no", { fault }] as const]);
    const seen = { ...healthy, certificates };
    expect(faultsOf(outputs, seen, now)).toEqual([`no serves no certificate on its cluster port: ${fault}`]);
    expect(screen(outputs, seen, [], now)).toContain("none served");
  });

  it("counts a foreign server in the cluster as a fault", () => {
    const seen = { ...healthy, servers: [...healthy.servers, { ...server("fi", "dk"), metaLeader: "" }] };
    expect(faultsOf(outputs, seen, now)).toEqual([
      "service-nats-fi is in the cluster, but not in the configuration",
    ]);
  });

  it("tells of a consumer that is gone, and not again where its stream is gone too", () => {
    const gone = { fault: "the stream does not exist" };
    const seen: Seen = {
      ...healthy,
      streams: new Map([...healthy.streams, ["TERRITORY_DK", gone] as const]),
      consumers: new Map([
        ["GLOBAL_EVENTS/global-processor", "the consumer does not exist"],
        ["TERRITORY_DK/dk-local-processor", "the consumer does not exist"],
      ]),
    };
    expect(faultsOf(outputs, seen, now)).toEqual([
      "TERRITORY_DK: the stream does not exist",
      "GLOBAL_EVENTS/global-processor: the consumer does not exist",
    ]);
  });

  it("does not count a skipped server, nor its copies", () => {
    const { dk } = outputs.pods;
    const seen: Seen = {
      ...healthy,
      servers: [server("dk", "no"), { ...server("no", "dk"), jetStream: false }],
      streams: new Map([
        [
          "GLOBAL_EVENTS",
          {
            ...stream,
            copies: 2,
            leader: "service-nats-dk",
            replicas: [{ name: "service-nats-no", current: false, offline: true }],
          },
        ],
      ]),
    };
    const expected = { ...outputs, pods: { dk: dk ?? pod("dk") } };
    expect(faultsOf(expected, seen, now, new Set(), ["service-nats-no"])).toEqual([]);
    expect(faultsOf(expected, seen, now)).toEqual([
      "service-nats-no is in the cluster, but not in the configuration",
      "GLOBAL_EVENTS: the copy on service-nats-no is offline",
    ]);
  });

  it("tells of a certificate that has ended", () => {
    const certificates = new Map([
      ...healthy.certificates,
      ["no", new Date("2026-11-22T00:00:00Z")] as const,
    ]);
    expect(faultsOf(outputs, { ...healthy, certificates }, now)).toEqual([
      "no serves a certificate that ended on 2026-11-22T00:00:00.000Z",
    ]);
  });
});

describe("days left", () => {
  it("are rounded down, so that nobody counts on a day that is not whole", () => {
    expect(daysLeft(new Date("2026-11-25T11:59:59Z"), now)).toBe(1);
    expect(daysLeft(new Date("2026-11-23T11:59:59Z"), now)).toBe(-1);
  });
});
