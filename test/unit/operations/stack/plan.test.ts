import { describe, expect, it } from "vitest";
import { topologyOf } from "../../../../operations/stack/plan.ts";
import { readStackFile } from "../../../../operations/stack-file/read.ts";
import { ConfigurationError } from "../../../../plan/config/faults.ts";

function text(authorities: string, more = ""): string {
  const pods = ["dk", "no", "se"].map(
    (id, index) =>
      `    - { id: ${id}, clientPort: ${4222 + index}, clusterPort: ${6222 + index}, monitorPort: ${8222 + index} }\n`,
  );
  return `config:\n  unityplan-nats:pods:\n${pods.join("")}  unityplan-nats:tls:\n    authorities: ${authorities}\n${more}`;
}

describe("the text of a stack's file", () => {
  it("is planned as the program would plan it", () => {
    const list = "[{ generation: 1, phase: active }, { generation: 2, phase: incoming }]";
    const { tls } = topologyOf(readStackFile(text(list), "Pulumi.dev.yaml"), "dev");
    expect(tls.authorities.map(({ generation, phase }) => `${generation} ${phase}`)).toEqual([
      "1 active",
      "2 incoming",
    ]);
  });

  it("is refused with a section that nobody knows", () => {
    const list = "[{ generation: 1, phase: active }]";
    expect(() =>
      topologyOf(readStackFile(text(list, "  unityplan-nats:other: 1\n"), "Pulumi.dev.yaml"), "dev"),
    ).toThrow(ConfigurationError);
  });

  it.each([
    ["no authority is active", "[{ generation: 1, phase: outgoing }]"],
    ["two are", "[{ generation: 1, phase: active }, { generation: 2, phase: active }]"],
    ["one has no phase of its own", "[{ generation: 1, phase: gone }]"],
  ])("is refused where %s, so that no edit writes it", (_, authorities) => {
    expect(() => topologyOf(readStackFile(text(authorities), "Pulumi.dev.yaml"), "dev")).toThrow(
      ConfigurationError,
    );
  });

  it("is planned in today's words where it has those of the release before", () => {
    const old = text("[{ generation: 1, phase: used }]", '  unityplan-nats:rollout: { without: ["no"] }\n');
    const { tls, rollout, warnings } = topologyOf(readStackFile(old, "Pulumi.dev.yaml"), "dev");
    expect(tls.authorities).toMatchObject([{ generation: 1, phase: "active" }]);
    expect(rollout.skip).toEqual(["no"]);
    expect(warnings).toEqual([
      expect.stringContaining("Write in Pulumi.dev.yaml: phase: active"),
      expect.stringContaining('Write in Pulumi.dev.yaml: skip: ["no"]'),
    ]);
  });

  it("is refused with both words in one authority, and shows where", () => {
    const both = () =>
      topologyOf(
        readStackFile(text("[{ generation: 1, phase: used, phase: active }]"), "Pulumi.dev.yaml"),
        "dev",
      );
    expect(both).toThrow(
      'Pulumi.dev.yaml, line 7, column 49: the key "phase" is also in line 7; delete one of the two',
    );
  });
});
