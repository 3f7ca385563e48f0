import { describe, expect, it } from "vitest";
import { unknown } from "../../../../model/contract/properties.ts";
import { importCommand } from "../../../../model/jetstream/ownership.ts";
import { clusterGate, membership, node } from "../../../support/plugin.ts";

const members = { clusterName: "unityplan-global", servers: ["service-nats-dk", "service-nats-no"] };
const reasons = (news: object, olds?: object) =>
  membership
    .check({ ...members, ...news }, olds && { ...members, ...olds })
    .failures.map(({ reason }) => reason);

describe("the membership of a cluster", () => {
  it("refuses in the preview that a server goes, and says what goes with it", () => {
    const [reason] = reasons({ servers: ["service-nats-dk"] }, {});
    expect(reason).toContain("service-nats-no would be deleted, with the only copy");
    expect(reason).toContain("Put the pod");
  });

  it("refuses another name for a cluster that is there", () => {
    expect(reasons({ clusterName: "other" }, {})[0]).toContain(
      '"other" would split the cluster "unityplan-global"',
    );
  });

  it("lets a server come, and takes any first configuration", () => {
    expect(reasons({ servers: [...members.servers, "service-nats-se"] }, {})).toEqual([]);
    expect(reasons({ clusterName: "other", servers: ["x"] })).toEqual([]);
    expect(reasons({ servers: unknown }, {})).toEqual([]);
  });

  it("of a program that did not write the system account down is not changed by the usual one", () => {
    const { inputs } = membership.check(members, undefined);
    expect(inputs.systemAccount).toBe("SYS");
    expect(membership.diff(members, members, inputs).changes).toEqual([]);
    const other = { ...members, systemAccount: "$SYS" };
    expect(membership.diff(members, members, other).changes).toMatchObject([{ path: "systemAccount" }]);
  });

  it("names every fault of its inputs", () => {
    expect(reasons({ servers: [], clusterName: "" })).toHaveLength(2);
  });
});

describe("the gate of a cluster", () => {
  const inputs = { ...members, streams: ["GLOBAL_EVENTS"], revision: ["a", "b"] };

  it("compares what is not known yet as changed, and never replaces", () => {
    const diff = clusterGate.diff(inputs, inputs, { ...inputs, revision: unknown });
    expect(diff.changes).toEqual([{ path: "revision", kind: "update", replaces: false }]);
    expect(clusterGate.diff(inputs, inputs, inputs).changes).toEqual([]);
  });
});

describe("a node", () => {
  it("refuses inputs that it could not work with", () => {
    const { failures } = node.check({ serverName: "", url: "http://x", certificate: "aa" }, undefined);
    expect(failures.map(({ property }) => property)).toEqual([
      "serverName",
      "url",
      "clusterAddress",
      "certificate",
      "issuer",
      "trusted",
      "containerId",
      "startDigest",
      "filesDigest",
    ]);
  });
});

describe("the command that imports what somebody else made", () => {
  const head = "urn:pulumi:dev::unityplan-nats::unityplan:nats:Cluster$unityplan:jetstream:Stream";
  const provider = "urn:pulumi:dev::unityplan-nats::unityplan:nats:Cluster$pulumi:providers:nats::nats";

  it("names the parent and the provider of a stream, and of a consumer", () => {
    expect(importCommand(`${head}$nats:jetstream:Stream::ORDERS`, "ORDERS")).toBe(
      "npm run pulumi -- import nats:jetstream:Stream ORDERS ORDERS --stack dev " +
        `--parent 'parent=${head}::ORDERS' --provider 'provider=${provider}' --generate-code=false --protect=false`,
    );
    expect(importCommand(`${head}$nats:jetstream:Consumer::ORDERS/worker`, "ORDERS/worker")).toContain(
      `nats:jetstream:Consumer ORDERS/worker ORDERS/worker --stack dev --parent 'parent=${head}::ORDERS' `,
    );
  });
});
