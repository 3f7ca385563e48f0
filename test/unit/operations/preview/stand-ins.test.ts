import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { endOf } from "../../../../model/tls/pem.ts";
import { shownStandIn, withStandIns as withStandInsOf } from "../../../../operations/preview/stand-ins.ts";
import { topologyOf } from "../../../../operations/stack/plan.ts";
import { readStackFile } from "../../../../operations/stack-file/read.ts";
import { parseConfiguration } from "../../../../plan/config/configuration.ts";
import { readingOf, standInsVariable, withReadableCertificates } from "../../../../plan/stand-ins.ts";
import { nordicPods } from "../../../support/configuration.ts";

const project = join(import.meta.dirname, "..", "..", "..", "..");
const prod = readFileSync(join(project, "Pulumi.prod.yaml"), "utf8");

const read = (text: string) => readStackFile(text, "Pulumi.prod.yaml");
const withStandIns = (text: string) => withStandInsOf(read(text));

function sections(text: string): Readonly<Record<string, unknown>> {
  return read(withStandIns(text).text).config;
}

describe("placeholders", () => {
  it("of the prod stack are all named, and the stack can be read without them", () => {
    const { text, standIns } = withStandIns(prod);
    expect(standIns.map(shownStandIn)).toEqual([
      "hosts.copenhagen.ssh.hostKey (placeholder)",
      "hosts.oslo.ssh.hostKey (placeholder)",
      "hosts.stockholm.ssh.hostKey (placeholder)",
    ]);
    expect(topologyOf(readStackFile(text, "Pulumi.prod.yaml"), "prod").pods).toHaveLength(3);
  });

  it("are replaced among values as Pulumi reads them: the text in place of the file says the same", () => {
    const text = `config:\n  unityplan-nats:pods: [{ id: no, clientPort: 010 }] # 8 to Pulumi\n  a:b: 2026-01-02\n`;
    expect(sections(text)).toEqual({
      "unityplan-nats:pods": [{ id: "no", clientPort: 8 }],
      "a:b": "2026-01-02 00:00:00 +0000 UTC",
    });
    expect(sections(text)).toEqual(read(text).config);
  });

  it("in single quotes or a flow map are replaced too", () => {
    for (const written of ["'<key of oslo>'", '"<key of oslo>"', "<key of oslo>"]) {
      const text = `config:\n  unityplan-nats:hosts: { oslo: { ssh: { hostKey: ${written}, user: root } } }\n`;
      const { oslo } = sections(text)["unityplan-nats:hosts"] as { oslo: { ssh: object } };
      expect(oslo.ssh).toEqual({ hostKey: expect.stringMatching(/^ssh-ed25519 \S{68}$/), user: "root" });
    }
  });

  it("elsewhere are left for the program to refuse", () => {
    const text = 'config: { "unityplan-nats:cluster": { name: "<name>" } }';
    expect(withStandIns(text).standIns).toEqual([]);
    expect(sections(text)["unityplan-nats:cluster"]).toEqual({ name: "<name>" });
  });
});

describe("secrets", () => {
  const text = `
secretsprovider: somewhere
encryptionsalt: v1:abc
encryptedkey: xyz
config:
  unityplan-nats:hosts:
    oslo: { ssh: { address: { secure: v1:aaaa }, user: { secure: v1:bbbb }, hostKey: { secure: v1:cccc } } }
    bergen: { ssh: { address: { secure: v1:aaaa }, hostKey: "ssh-ed25519 AAAA" } }
  unityplan-nats:tls:
    authorities:
      - generation: 2
        phase: active
        certificate: { secure: v1:dddd }
        privateKey:
          secure: v1:eeee
    leaves: { dk: { certificate: "plain", privateKey: { secure: v1:ffff } } }
  unityplan-nats:cluster: { secure: v1:gggg }
  other:password: { secure: v1:hhhh }
`;

  it("are all named, with what nothing can stand for left out", () => {
    expect(withStandIns(text).standIns.map(shownStandIn)).toEqual([
      "cluster (secret, ignored)",
      "hosts.bergen.ssh.address (secret)",
      "hosts.oslo.ssh.address (secret)",
      "hosts.oslo.ssh.hostKey (secret)",
      "hosts.oslo.ssh.user (secret, ignored)",
      "other:password (secret, ignored)",
      "tls.authorities.2.certificate (secret)",
      "tls.authorities.2.privateKey (secret)",
      "tls.leaves.dk.privateKey (secret)",
    ]);
  });

  it("leave nothing encrypted, nor what would decrypt it", () => {
    const { text: readable } = withStandIns(text);
    expect(readable).not.toMatch(/secure|v1:|secretsprovider|encrypt/);
    expect(sections(text)).toMatchObject({
      "unityplan-nats:tls": {
        authorities: [{ generation: 2, certificate: "[secret]", privateKey: "[secret]" }],
        leaves: { dk: { certificate: "plain", privateKey: "[secret]" } },
      },
    });
  });

  it("that are addresses have one of nobody's for each host, the same every time", () => {
    const hosts = sections(text)["unityplan-nats:hosts"] as Record<string, { ssh: { address: string } }>;
    const [oslo, bergen] = [hosts.oslo?.ssh.address, hosts.bergen?.ssh.address];
    expect(oslo).toMatch(/^198\.18\./);
    expect(bergen).toMatch(/^198\.18\./);
    expect(oslo).not.toBe(bergen);
    expect(withStandIns(text)).toEqual(withStandIns(text));
  });

  it("are told apart by their encrypted text alone", () => {
    const [one, other] = [text, text.replace("v1:ffff", "v1:other")].map((each) =>
      withStandIns(each).standIns.map(({ digest }) => digest),
    );
    expect(one?.slice(0, -1)).toEqual(other?.slice(0, -1));
    expect(one?.at(-1)).not.toBe(other?.at(-1));
  });
});

describe("the program", () => {
  it("takes what stands in for a secret in a preview that says so, and nowhere else", () => {
    const says = { [standInsVariable]: "yes" };
    expect(readingOf(true, says)).toEqual({ secrets: "hidden" });
    expect(readingOf(false, says)).toEqual({ secrets: "shown" });
    expect(readingOf(true, {})).toEqual({ secrets: "shown" });
  });

  const given = JSON.stringify({
    authorities: [{ generation: 2, phase: "active", certificate: "[secret]", privateKey: "[secret]" }],
    leaves: { dk: { certificate: "[secret]", privateKey: "[secret]" } },
  });
  const raw = {
    "unityplan-nats:pods": JSON.stringify(nordicPods),
    "unityplan-nats:tls": given,
  };
  const stack = { project: "unityplan-nats", name: "dev" };

  it("refuses what stands in for a secret in an update", () => {
    expect(() => parseConfiguration(raw, stack, readingOf(false, { [standInsVariable]: "yes" }))).toThrow(
      "tls.authorities[0].privateKey: is the word",
    );
  });

  it("has a certificate that it can read in place of a secret one, and none of the keys", () => {
    const { text } = withStandIns(JSON.stringify({ config: raw }));
    const { authorities, givenLeaves } = withReadableCertificates(
      topologyOf(readStackFile(text, "Pulumi.dev.yaml"), "dev"),
    ).tls;
    for (const one of [authorities[0]?.given, givenLeaves.dk]) {
      expect(endOf(one?.certificatePem ?? "").getFullYear()).toBeGreaterThan(2100);
      expect(one?.privateKeyPem).toBe("[secret]");
    }
    expect(givenLeaves.constructor).toBeUndefined();
  });
});
