import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { DeployedResource } from "../../../../plan/transitions/deployed-resource.ts";
import { deployedStateOf, nothingDeployed } from "../../../../plan/transitions/deployed-state.ts";
import { selfSigned } from "../../../support/pem.ts";

const head = "urn:pulumi:dev::unityplan-nats::unityplan:nats:Cluster$unityplan:tls:CertificateChain";
const [first, second] = [selfSigned().certificate, selfSigned().certificate];
const fingerprint = (pem: string) => new X509Certificate(pem).fingerprint256;

function authority(generation: number, certPem: string): Record<string, DeployedResource> {
  const type = "tls:index/selfSignedCert:SelfSignedCert";
  return {
    [`${head}$${type}::authority-${generation}`]: {
      type,
      outputs: { certPem, validityEndTime: `20${30 + generation}-01-01T00:00:00Z` },
    },
  };
}

function node(id: string, outputs: Record<string, unknown>): Record<string, DeployedResource> {
  const type = "nats:server:Node";
  return { [`urn:pulumi:dev::unityplan-nats::${type}::${id}-node`]: { type, outputs } };
}

const known = {
  serverName: "service-nats-dk",
  url: "nats://127.0.0.1:4222",
  clusterAddress: "127.0.0.1:6222",
  clientTls: "required",
  startDigest: "0123456789abcdef",
  version: "2.15.1",
  issuer: fingerprint(first),
  trusted: [fingerprint(first), fingerprint(second)],
  servedSince: "2026-11-23T12:00:00Z",
};

describe("the deployed state of a stack", () => {
  it("is empty where nothing was brought up", () => {
    expect(deployedStateOf({})).toEqual(nothingDeployed);
  });

  it("is what the containers got of their engines and images", () => {
    const container = (outputs: Record<string, unknown>) => ({
      type: "docker:index/container:Container",
      outputs,
    });
    const deployed = deployedStateOf({
      "urn:pulumi:dev::p::docker:index/container:Container::dk-server": container({
        name: "service-nats-dk",
        image: "sha256:1",
        user: "root",
        workingDir: "/data",
        memorySwap: -1,
      }),
      "urn:pulumi:dev::p::docker:index/container:Container::dk-loader": container({ name: "dk-loader" }),
    });
    expect(deployed.containerDefaults).toEqual(
      new Map([
        ["service-nats-dk", { image: "sha256:1", user: "root", workingDir: "/data", memorySwap: -1 }],
        ["dk-loader", { image: "", user: "", workingDir: "", memorySwap: undefined }],
      ]),
    );
  });

  it("is every server as it was proven, and every authority that was made", () => {
    const deployed = deployedStateOf({
      ...authority(1, first),
      ...authority(12, second),
      ...node("dk", known),
    });
    expect(deployed.servers).toEqual(new Map([["service-nats-dk", known]]));
    expect(deployed.authorities).toEqual(
      new Map([
        [1, fingerprint(first)],
        [12, fingerprint(second)],
      ]),
    );
    expect(deployed.authorityEnds).toEqual(
      new Map([
        [1, "2031-01-01T00:00:00Z"],
        [12, "2042-01-01T00:00:00Z"],
      ]),
    );
  });

  it("knows a server's container without a proof of it, and takes no loader for one", () => {
    const type = "docker:index/container:Container";
    const container = (name: string, outputs: Record<string, unknown>) => ({
      [`urn:pulumi:dev::unityplan-nats::unityplan:nats:Pod$${type}::${name}`]: { type, outputs },
    });
    const deployed = deployedStateOf({
      ...container("dk-server", { name: "service-nats-dk" }),
      ...container("no-server", {}),
      ...container("dk-loader", { name: "unityplan-nats-dk-loader" }),
    });
    expect(deployed.containers).toEqual(new Set(["service-nats-dk"]));
    expect(deployed.servers).toEqual(new Map());
  });

  it("has the account under which the servers wrote, also where only the outputs of a stack are left", () => {
    const membership = { type: "nats:server:Membership", outputs: { servers: ["a"] } };
    const stack = { type: "pulumi:pulumi:Stack", outputs: { pods: {} } };
    const account = (resources: readonly DeployedResource[]) =>
      deployedStateOf(Object.fromEntries(resources.map((one, index) => [`urn-${index}`, one]))).systemAccount;
    const own = { systemAccount: "$SYS" };
    expect(account([{ ...membership, outputs: { ...membership.outputs, ...own } }, stack])).toBe("$SYS");
    expect(account([{ ...stack, outputs: { pods: {}, ...own } }])).toBe("$SYS");
    // Programs that knew of no other one said nothing.
    expect(account([membership])).toBe("SYS");
    expect(account([stack])).toBe("SYS");
    // What was imported has never run as this stack.
    expect(account([{ type: "pulumi:pulumi:Stack", outputs: {} }])).toBeUndefined();
  });

  it("is every authority that has issued, also in an update that proved no server", () => {
    const issued = [{ name: "dk", issuer: fingerprint(second), certificate: "AA" }];
    const trust = {
      "urn:pulumi:dev::unityplan-nats::nats:tls:Trust::trust": {
        type: "nats:tls:Trust",
        outputs: { issued },
      },
    };
    const { issuers } = deployedStateOf({ ...trust, ...node("dk", known) });
    expect([...issuers].sort()).toEqual([fingerprint(first), fingerprint(second)].sort());
  });

  it("is the engine of each host, and the keys of the VPN", () => {
    const resources = {
      "urn:pulumi:prod::unityplan-nats::unityplan:nats:Cluster$pulumi:providers:docker::docker-oslo": {
        type: "pulumi:providers:docker",
        outputs: { host: "ssh://root@89.234.56.78:22" },
      },
      "urn:pulumi:prod::unityplan-nats::unityplan:nats:Cluster$pulumi:providers:docker::docker-local": {
        type: "pulumi:providers:docker",
        outputs: {},
      },
      "urn:pulumi:prod::unityplan-nats::a$tls:index/privateKey:PrivateKey::oslo-wireguard-key-3": {
        type: "tls:index/privateKey:PrivateKey",
        outputs: {},
      },
    };
    const { engines, keys } = deployedStateOf(resources);
    expect(engines).toEqual(new Map([["oslo", "ssh://root@89.234.56.78:22"]]));
    expect(keys.hosts).toEqual(new Map([["oslo", [3]]]));
  });

  it("is every stream and consumer as it was last written down", () => {
    const ofType = (type: string, outputs: Record<string, unknown>) => ({
      [`urn-${outputs.name}`]: { type, outputs },
    });
    const shared = { name: "JOBS", subjects: ["jobs.>"], storage: "memory", retention: "workqueue" };
    const deployed = deployedStateOf({
      ...ofType("nats:jetstream:Stream", { ...shared, replicas: 3, generation: "g" }),
      ...ofType("nats:jetstream:Consumer", {
        name: "one",
        stream: "JOBS",
        filterSubjects: ["jobs.a"],
        maxDeliver: 5,
      }),
    });
    expect(deployed.streams).toEqual(new Map([["JOBS", shared]]));
    expect(deployed.consumers).toEqual([{ name: "one", stream: "JOBS", filterSubjects: ["jobs.a"] }]);
  });

  it("is where each server's monitor is, and the address of each host in the VPN", () => {
    const monitorUrl = "http://127.0.0.1:8222";
    const deployed = deployedStateOf({
      stack: {
        type: "pulumi:pulumi:Stack",
        outputs: { pods: { dk: { serverName: "service-nats-dk", monitorUrl }, no: {} } },
      },
      mesh: {
        type: "nats:host:Mesh",
        outputs: { peers: [{ hostId: "oslo", address: "10.0.2.1", publicKey: "" }, {}] },
      },
    });
    expect(deployed.monitors).toEqual(new Map([["service-nats-dk", monitorUrl]]));
    expect(deployed.vpnAddresses).toEqual(new Map([["oslo", "10.0.2.1"]]));
  });

  it("takes no other resource for an authority", () => {
    const type = "tls:index/privateKey:PrivateKey";
    const resources = {
      [`${head}$${type}::authority-1`]: { type, outputs: { certPem: "no certificate" } },
      [`${head}$tls:index/selfSignedCert:SelfSignedCert::my-authority`]: {
        type: "tls:index/selfSignedCert:SelfSignedCert",
        outputs: { certPem: "no certificate" },
      },
    };
    expect(deployedStateOf(resources)).toEqual(nothingDeployed);
  });
});

describe("what an older program left", () => {
  const bare = {
    serverName: "service-nats-dk",
    url: "nats://127.0.0.1:4222",
    clusterAddress: "127.0.0.1:6222",
  };
  const server = (resources: Record<string, DeployedResource>) =>
    deployedStateOf({ ...resources, ...node("dk", bare) }).servers.get("service-nats-dk");

  it("was issued and trusted by the only authority that there was", () => {
    expect(server(authority(1, first))).toEqual({
      ...bare,
      clientTls: "off",
      startDigest: "",
      version: "",
      issuer: fingerprint(first),
      trusted: [fingerprint(first)],
      servedSince: "",
    });
  });

  it("does not trust an authority that came since, wherever that stands in the state", () => {
    const both = { ...authority(2, second), ...authority(1, first) };
    expect(server(both)).toMatchObject({ issuer: fingerprint(first), trusted: [fingerprint(first)] });
  });

  it("without any authority trusts nobody", () => {
    expect(server({})).toMatchObject({ issuer: "", trusted: [] });
  });
});
