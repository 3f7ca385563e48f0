import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StackOutputs } from "../../../model/contract/stack-outputs.ts";
import type { SshHost } from "../../../model/ssh.ts";
import { contextNamed, ownerOf } from "../../../operations/contexts/named.ts";
import { contextsFor } from "../../../operations/contexts/plan.ts";
import { openingCommands, podTunnels } from "../../../operations/contexts/tunnels.ts";
import { welcome } from "../../../operations/stack/welcome.ts";

const host = (address: string): SshHost => ({
  address,
  port: 22,
  user: "root",
  hostKey: `ssh-ed25519 AAAA${address.replaceAll(".", "")}`,
  identityFile: undefined,
});

const outputsOf = (urls: Readonly<Record<string, string>>): StackOutputs => ({
  clusterName: "unityplan-global",
  pods: Object.fromEntries(
    Object.entries(urls).map(([id, clientUrl]) => [
      id,
      {
        serverName: `service-nats-${id}`,
        clientUrl,
        clusterAddress: "",
        monitorUrl: "",
        dataVolume: "",
        certificateExpires: "2027-11-23T12:44:31Z",
      },
    ]),
  ),
  streams: [],
  consumers: [],
  systemSeed: "",
  caCertificate: "",
  clientTls: "off",
  clientCertificates: {},
  operatorCertificate: { certificate: "", privateKey: "" },
});

const three = outputsOf({
  se: "nats://10.0.3.1:4222",
  dk: "nats://10.0.1.1:4222",
  no: "nats://10.0.2.1:4222",
});
const via = { "10.0.1.1": host("45.1.1.1"), "10.0.2.1": host("45.2.2.2"), "10.0.3.1": host("45.3.3.3") };

const ports = (outputs: StackOutputs, hosts: typeof via | Readonly<Record<string, SshHost>>) =>
  Object.fromEntries([...podTunnels(outputs, hosts)].map(([id, { localPort }]) => [id, localPort]));

describe("local ports of pods behind hosts", () => {
  it("are theirs and 10000, or the next one that is free, in the order of their ids", () => {
    expect(ports(three, via)).toEqual({ dk: 14222, no: 14223, se: 14224 });
  });

  it("are none for pods that are dialled as they are", () => {
    expect(ports(outputsOf({ dk: "nats://127.0.0.1:4222" }), {})).toEqual({});
    const mixed = outputsOf({ aa: "nats://127.0.0.1:14222", dk: "nats://10.0.1.1:4222" });
    expect(ports(mixed, via)).toEqual({ dk: 14223 });
  });

  it("are ports, all different, whatever the pods have", () => {
    const port = fc.integer({ min: 1024, max: 65_535 });
    fc.assert(
      fc.property(fc.uniqueArray(port, { maxLength: 8 }), fc.boolean(), (given, same) => {
        const urls = given.map((one, index) => [`p${index}`, `nats://10.0.1.1:${same ? given[0] : one}`]);
        const found = Object.values(ports(outputsOf(Object.fromEntries(urls)), via));
        expect(new Set(found).size).toBe(given.length);
        expect(found.every((one) => one > 0 && one < 65_536)).toBe(true);
      }),
    );
  });
});

describe("contexts of pods behind hosts", () => {
  const tunnels = podTunnels(three, via);

  it("lead to the local port", () => {
    const contexts = contextsFor("prod", three, (file) => file, tunnels);
    expect([...contexts].map(([id, { url }]) => [id, url])).toEqual([
      ["se", "nats://127.0.0.1:14224"],
      ["dk", "nats://127.0.0.1:14222"],
      ["no", "nats://127.0.0.1:14223"],
    ]);
  });

  it("tell how to open the way, with the key that is believed, and not over the shared connection", () => {
    const [first, ...others] = openingCommands(tunnels.values());
    expect(others).toHaveLength(2);
    expect(first).toMatch(
      /^ssh -L 127\.0\.0\.1:14222:10\.0\.1\.1:4222 -N -o ExitOnForwardFailure=yes -o ControlMaster=no -o ControlPath=none -o /,
    );
    expect(first).toMatch(/ -p 22 root@45\.1\.1\.1$/);
    expect(first).toContain("'KnownHostsCommand=/bin/echo %H ssh-ed25519 AAAA45111'");
    expect(first).toContain("StrictHostKeyChecking=yes");
    expect(first?.match(/Control/g)).toHaveLength(2);
  });

  it("of one host share one command", () => {
    const pods = outputsOf({ dk: "nats://10.0.1.1:4222", fo: "nats://10.0.1.1:4223" });
    const commands = openingCommands(podTunnels(pods, via).values());
    expect(commands).toHaveLength(1);
    expect(commands[0]).toContain("-L 127.0.0.1:14222:10.0.1.1:4222 -L 127.0.0.1:14223:10.0.1.1:4223 ");
  });

  it("are what the last screen of up tells to use, through the project", () => {
    expect(welcome("prod", three, "nats", via)).toContain("npm run --silent nats -- --context se stream ls");
    expect(welcome("prod", three, "nats")).toContain("nats --server nats://10.0.3.1:4222 stream ls");
  });
});

describe("the context of a run of the nats CLI", () => {
  it("is the one that is said, and otherwise that of the environment, or the selected one", () => {
    expect(contextNamed(["--context", "dk", "stream", "ls"], { NATS_CONTEXT: "no" }, "se")).toBe("dk");
    expect(contextNamed(["stream", "ls", "--context=dk"], {}, "se")).toBe("dk");
    expect(contextNamed(["stream", "ls"], { NATS_CONTEXT: "no" }, "se")).toBe("no");
    expect(contextNamed(["stream", "ls"], {}, "se\n")).toBe("se");
    expect(contextNamed(["stream", "ls"], {}, undefined)).toBeUndefined();
  });

  it("is none where a server is given, or none is wanted", () => {
    expect(contextNamed(["-s", "nats://127.0.0.1:4222", "stream", "ls"], {}, "se")).toBeUndefined();
    expect(contextNamed(["--server=nats://127.0.0.1:4222"], { NATS_CONTEXT: "no" }, "se")).toBeUndefined();
    expect(contextNamed(["stream", "ls"], { NATS_URL: "nats://127.0.0.1:4222" }, "se")).toBeUndefined();
    expect(contextNamed(["--no-context", "stream", "ls"], {}, "se")).toBeUndefined();
  });

  it("is no path", () => {
    expect(contextNamed(["--context", "../../dk"], {}, undefined)).toBeUndefined();
  });

  it("tells its stack and its pod where this project wrote it", () => {
    const context = contextsFor("prod", three, (file) => file, podTunnels(three, via)).get("dk") ?? {};
    expect(ownerOf(context)).toEqual({ stack: "prod", pod: "dk", url: "nats://127.0.0.1:14222" });
    expect(ownerOf({ description: "mine", url: "nats://127.0.0.1:4222" })).toBeUndefined();
    expect(ownerOf({})).toBeUndefined();
  });
});
