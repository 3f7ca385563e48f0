import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { labelNames } from "../../../../model/labels.ts";
import { serverContainer } from "../../../../plan/render/server-container.ts";
import { parseFacts } from "../../../../provider/host/survey-facts.ts";
import { surveyScript } from "../../../../provider/host/survey-script.ts";
import { topologyOf } from "../../../support/program.ts";
import { surveyOutput } from "../../../support/survey.ts";

describe("what the survey's script prints", () => {
  it("is read fact by fact", () => {
    const facts = parseFacts(surveyOutput());
    expect(facts).toMatchObject({
      distribution: "debian",
      version: "12",
      machine: "x86_64",
      kernel: "6.1.0-28-amd64",
      systemd: true,
      tun: true,
      wireguard: false,
      lacks: [],
      marker: { host: "dk", interface: "wg0" },
      dockerVersion: "20.10.24+dfsg1",
      disk: { freeBytes: 62_949_122_048, heldBytes: 0, folder: "/var/lib/docker" },
      own: { pids: [270, 271], ports: [4333, 6333] },
    });
    expect(facts?.vpnPorts).toEqual(new Map([["wg0", 51820]]));
    expect(facts?.interfaces).toEqual(["lo", "docker0", "wg0", "eth0", "wg7"]);
  });

  it("tells who listens where", () => {
    const { tcp = [], udp } = parseFacts(surveyOutput()) ?? {};
    expect(tcp).toContainEqual({ address: "10.0.1.1", port: 8222, program: "nats-server", pids: [270] });
    expect(tcp).toContainEqual({ address: "[::]", port: 22, program: "sshd", pids: [72, 73] });
    expect(udp).toEqual([
      { address: "0.0.0.0", port: 51820, program: "", pids: [] },
      { address: "127.0.0.53", port: 53, program: "systemd-resolve", pids: [9] },
    ]);
  });

  it("tells which addresses are in use, and by whom", () => {
    const { networks, addresses, routes } = parseFacts(surveyOutput()) ?? {};
    expect(networks).toEqual([
      { prefix: "172.17.0.0/16", by: "bridge" },
      { prefix: "172.29.0.0/24", by: "pub" },
    ]);
    expect(addresses).toContainEqual({ prefix: "10.77.95.11/24", by: "eth0" });
    expect(routes).toEqual([
      { prefix: "default", by: "eth0" },
      { prefix: "10.77.95.0/24", by: "eth0" },
      { prefix: "10.9.0.0/16", by: "blackhole" },
      { prefix: "10.10.0.0/16", by: "several ways" },
    ]);
  });

  it("is nothing when the script did not come to its end, or another program answered", () => {
    expect(parseFacts("")).toBeUndefined();
    expect(parseFacts("This account is closed.\n")).toBeUndefined();
    expect(parseFacts(surveyOutput().replace("unityplan-survey-end\n", ""))).toBeUndefined();
  });

  it("may have a login's greeting before it", () => {
    expect(parseFacts(`Welcome!\nos windows 11\n${surveyOutput()}`)?.distribution).toBe("debian");
  });

  it("is only the marker of this project when it has its form", () => {
    const marked = (line: string) =>
      parseFacts(surveyOutput().replace(/^marker .*$/m, `marker ${line}`))?.marker;
    expect(marked('{"host":"dk"}')).toBeUndefined();
    expect(marked("dk")).toBeUndefined();
  });
});

describe("the survey's script", () => {
  it("runs to its end on a machine that is not prepared, and says nothing on stderr", () => {
    const printed = execFileSync("sh", ["-euc", surveyScript], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const facts = parseFacts(printed);
    expect(facts?.kernel).toMatch(/^\d+\./);
    expect(facts?.disk.heldBytes).toBeGreaterThanOrEqual(0);
  });

  it("knows this project's containers by a label, and its data by a name, that they have", () => {
    const topology = topologyOf(["dk", "no", "se"]);
    expect(surveyScript).toContain('"$folder"/volumes/*unityplan-nats-*-data ');
    for (const { dataVolume } of topology.pods) expect(dataVolume).toMatch(/^unityplan-nats-.*-data$/);
    for (const pod of topology.pods)
      expect(serverContainer(pod, topology.cluster).labels).toHaveProperty([labelNames.pod]);
  });
});
