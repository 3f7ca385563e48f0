import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { asPulumiGivesIt, readTopology } from "../../../../operations/stack/plan.ts";
import { readStackFile } from "../../../../operations/stack-file/read.ts";
import { faults } from "../../../support/configuration.ts";
import { issue } from "../../../support/pem.ts";

const pods = [
  "  unityplan-nats:pods:",
  "    - { id: dk, clientPort: 4222, clusterPort: 6222, monitorPort: 8222 }",
  '    - { id: "no", clientPort: 4223, clusterPort: 6223, monitorPort: 8223 }',
  "    - { id: se, clientPort: 4224, clusterPort: 6224, monitorPort: 8224 }",
];

describe("a configuration that is read without Pulumi", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "unityplan-config-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function read(...lines: readonly string[]) {
    writeFileSync(join(folder, "Pulumi.dev.yaml"), ["config:", ...pods, ...lines].join("\n"));
    return readTopology(folder, "dev");
  }

  it("has a mark in the place of every secret, however deep", () => {
    const text = [
      "config:",
      "  a:password: { secure: v1:abc }",
      "  a:list:",
      "    - { name: x, key: { secure: v1:def } }",
      "    - secure: v1:ghi",
    ].join("\n");
    expect(asPulumiGivesIt(readStackFile(text, "Pulumi.dev.yaml").config)).toEqual({
      "a:password": "[secret]",
      "a:list": '[{"key":"[secret]","name":"x"},"[secret]"]',
    });
  });

  it("keeps maps that only look like a secret", () => {
    const text = "config:\n  a:one: { secure: true }\n  a:two: { secure: x, other: y }\n";
    expect(asPulumiGivesIt(readStackFile(text, "Pulumi.dev.yaml").config)).toEqual({
      "a:one": '{"secure":true}',
      "a:two": '{"other":"y","secure":"x"}',
    });
  });

  it("is complete but for what its secrets hold", () => {
    const { tls, rollout } = read(
      "  unityplan-nats:rollout: { mode: rolling, first: se }",
      "  unityplan-nats:tls:",
      "    clients: on",
      "    authorities:",
      "      - { generation: 1, phase: outgoing }",
      "      - generation: 2",
      "        phase: active",
      "        certificate: { secure: v1:abc }",
      "        privateKey: { secure: v1:def }",
      "    leaves:",
      "      dk: { certificate: { secure: v1:ghi }, privateKey: { secure: v1:jkl } }",
    );
    expect(rollout.order).toEqual(["se", "dk", "no"]);
    expect(tls).toMatchObject({
      clientPort: "on",
      authorities: [
        { given: undefined },
        { given: { certificatePem: "[secret]", privateKeyPem: "[secret]" } },
      ],
      givenLeaves: { dk: { certificatePem: "[secret]", privateKeyPem: "[secret]" } },
    });
  });

  it("can be looked at and taken down with a certificate that has expired", () => {
    const dates = { from: new Date("2020-01-01T00:00:00Z"), to: new Date("2021-01-01T00:00:00Z") };
    const { certificate } = issue({ commonName: "old", isAuthority: true, ...dates });
    const authorities = [{ generation: 1, phase: "active", certificate, privateKey: { secure: "v1:abc" } }];
    expect(read(`  unityplan-nats:tls: ${JSON.stringify({ authorities })}`).tls.authorities).toHaveLength(1);
  });

  it("is refused with every fault that needs no secret, those of visible certificates too", () => {
    const authority = {
      generation: 1,
      phase: "active",
      certificate: pemOf("CERTIFICATE"),
      privateKey: { secure: "x" },
    };
    const leaves = { fi: { certificate: { secure: "y" } } };
    expect(() =>
      read(`  unityplan-nats:tls: ${JSON.stringify({ authorities: [authority], leaves })}`),
    ).toThrow(
      /^The configuration in Pulumi\.dev\.yaml has 3 faults:\ndev tls\.leaves\.fi\.privateKey: is missing; .*\ndev tls\.leaves\.fi: "fi" is not among the pods; .*\ndev tls\.authorities\[0\]\.certificate: can't be read as certificates/,
    );
  });

  it("is not secret as a whole", () => {
    expect(() => read("  unityplan-nats:tls: { secure: v1:abc }")).toThrow(
      "dev tls: is one secret as a whole, not a map; encrypt only the certificates and keys in it",
    );
  });
});

function pemOf(block: string): string {
  return `-----BEGIN ${block}-----\nhunter2\n-----END ${block}-----\n`;
}

describe("a secret", () => {
  const word = "hunter2";
  const wrong = fc.constantFrom<unknown>(
    word,
    `-----BEGIN PRIVATE KEY-----\n${word}\n-----END PRIVATE KEY-----`,
    pemOf("CERTIFICATE"),
    pemOf("EC PRIVATE KEY"),
    `${word}\n${pemOf("ENCRYPTED PRIVATE KEY")}`,
    { secure: word },
    [word],
  );

  it("is in no fault, wherever in the section it stands", () => {
    const authority = fc.record(
      {
        generation: fc.constant(1),
        phase: fc.constant("active"),
        certificate: wrong,
        chain: wrong,
        privateKey: wrong,
      },
      { requiredKeys: ["generation", "phase"] },
    );
    const leaf = fc.oneof(wrong, fc.record({ certificate: wrong, privateKey: wrong }, { requiredKeys: [] }));
    const tls = fc.oneof(
      wrong,
      fc.record({
        authorities: fc.oneof(wrong, fc.array(fc.oneof(wrong, authority), { minLength: 1, maxLength: 3 })),
        leaves: fc.oneof(wrong, fc.dictionary(fc.constantFrom("dk", "no", "se"), leaf, { minKeys: 1 })),
      }),
    );
    fc.assert(
      fc.property(tls, (section) => {
        const told = faults({ tls: section });
        expect(told.length).toBeGreaterThan(0);
        expect(told.join("\n")).not.toContain(word.slice(0, 5));
      }),
    );
  });
});
