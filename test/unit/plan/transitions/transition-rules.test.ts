import { describe, expect, it } from "vitest";
import type { ProvenServer } from "../../../../model/contract/node.ts";
import type { ClientTls } from "../../../../model/tls/client-tls.ts";
import { type DeployedState, nothingDeployed } from "../../../../plan/transitions/deployed-state.ts";
import {
  ForbiddenTransition,
  refuseForbiddenTransition,
  transitionWarnings,
} from "../../../../plan/transitions/transition-rules.ts";
import { plan, podInput } from "../../../support/configuration.ts";
import { placesAfter } from "../../../support/deployed-state.ts";
import { prodSections } from "../../../support/preview-plans.ts";

function deployed(versions: readonly string[], issuer = "f1"): DeployedState {
  return {
    ...nothingDeployed,
    servers: new Map(
      versions.map((version, index) => [
        `s${index}`,
        {
          serverName: `s${index}`,
          url: "nats://127.0.0.1:4222",
          clusterAddress: "127.0.0.1:6222",
          clientTls: "off" as const,
          startDigest: "",
          version,
          issuer,
          trusted: [issuer],
          servedSince: "",
        },
      ]),
    ),
    authorities: new Map([[1, "f1"]]),
    authorityEnds: new Map([[1, "2099-11-23T00:00:00Z"]]),
    issuers: new Set(),
  };
}

function said(before: DeployedState, sections: Readonly<Record<string, unknown>>): string {
  try {
    refuseForbiddenTransition(before, plan(sections), "prod");
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(ForbiddenTransition);
    return (error as Error).message;
  }
}

const image = (version: string, more: Record<string, unknown> = {}) => ({
  cluster: { image: `nats:${version}`, ...more },
});

describe("an update", () => {
  it("of a new stack, and of one that stays as it is, may be made", () => {
    expect(said(nothingDeployed, image("2.11.17"))).toBe("");
    expect(said(deployed(["2.15.1"]), image("2.15.1"))).toBe("");
  });

  it("that gives the servers another system account is refused, for it would cost every stream", () => {
    const before = { ...deployed(["2.15.1"]), systemAccount: "$SYS" };
    const kept = { cluster: { image: "nats:2.15.1", systemAccount: "$SYS" } };
    expect(said(before, kept)).toBe("");
    expect(said(before, image("2.15.1"))).toContain("cluster.systemAccount: $SYS becomes SYS");
    expect(said({ ...before, systemAccount: "SYS" }, kept)).toContain(
      "cluster.systemAccount: SYS becomes $SYS",
    );
    expect(said(deployed(["2.15.1"]), kept)).toBe("");
  });

  it("is refused for every reason at once, under the name of its stack", () => {
    const authorities = [{ generation: 2, phase: "active" }];
    const message = said(deployed(["2.15.1"]), { ...image("2.11.17"), tls: { authorities } });
    const lines = message.split("\n");
    expect(lines[0]).toBe(
      "prod can't be updated to Pulumi.prod.yaml in one step, for 3 reasons; nothing was touched:",
    );
    expect(lines.slice(1).map((line) => line.split(":")[0])).toEqual([
      "tls.authorities",
      "tls.authorities",
      "cluster.image",
    ]);
  });

  it("counts one reason as one", () => {
    expect(said(deployed(["2.15.1"]), image("2.11.17"))).toContain("in one step, for 1 reason; nothing");
  });

  it("looks at each version that runs once", () => {
    const faults = said(deployed(["2.15.1", "2.15.1", "2.14.9"]), image("2.11.17")).match(
      /cluster\.image: /g,
    );
    expect(faults).toHaveLength(2);
  });

  it("is not held up by servers whose version an older program did not write down", () => {
    expect(said(deployed(["", "2.15.1"]), image("2.15.1"))).toBe("");
  });

  it("says nothing of an image whose tag is no version", () => {
    expect(said(deployed(["2.15.1"]), { cluster: { image: "nats:latest" } })).toBe("");
  });

  it("goes back where that is consented to", () => {
    expect(said(deployed(["2.12.15"]), image("2.11.17"))).toContain("cluster.allowDowngrade: true");
    expect(said(deployed(["2.12.15"]), image("2.11.17", { allowDowngrade: true }))).toBe("");
  });
});

describe("TLS on the client port", () => {
  const spoke = (clientTls: ClientTls, more: object = {}) => {
    const before = deployed(["2.15.1"]);
    const servers = [...before.servers].map(
      ([name, server]) => [name, { ...server, clientTls, ...more }] as const,
    );
    return { ...before, servers: new Map(servers) };
  };
  const restart = { cluster: { restartGeneration: 1 }, rollout: "rolling" };
  const own = (before: DeployedState) =>
    new Map(
      [...before.servers.values()].map((server) => ["service-nats-dk", { ...server, startDigest: "other" }]),
    );

  it("changes in an update of its own, because the servers are asked before a restart", () => {
    const before = spoke("off");
    for (const rollout of ["parallel", "all-at-once"])
      expect(
        said({ ...before, servers: own(before) }, { ...restart, rollout, tls: { clients: "on" } }),
      ).toContain("in the same update in which servers restart");
    expect(said({ ...before, servers: own(before) }, { ...restart, tls: { clients: "on" } })).toContain(
      "tls.clients: off becomes on in the same update in which servers restart",
    );
    expect(said({ ...before, servers: own(before) }, restart)).toBe("");
    expect(said(before, { tls: { clients: "on" } })).toBe("");
  });

  it("does not change while an authority goes", () => {
    const before = spoke("on", { trusted: ["f1", "f2"] });
    expect(said(before, { tls: { clients: "off" } })).toContain("a CA is removed");
  });
});

describe("an authority that has ended", () => {
  it("is told of, with the way out that keeps the data", () => {
    const before = { ...deployed(["2.15.1"]), authorityEnds: new Map([[1, "2020-01-01T00:00:00Z"]]) };
    const text = said(before, {});
    expect(text).toContain("CA 1 ended on 2020-01-01T00:00:00Z");
    expect(text).toContain("npm run down -- prod");
    expect(text).toContain("state delete URN --force");
    expect(said({ ...before, servers: new Map() }, {})).toBe("");
  });
});

describe("what should be known of an update", () => {
  const warnings = (versions: readonly string[], to: string) =>
    transitionWarnings(deployed(versions), plan(image(to)));

  it("is said of each version that runs, once", () => {
    const both = warnings(["2.15.1", "2.14.9", "2.15.1"], "2.12.15");
    expect(both).toHaveLength(new Set(both).size);
    for (const from of ["2.15.1", "2.14.9"]) {
      expect(both.filter((warning) => warning.startsWith(`${from} → 2.12.15`)).length).toBeGreaterThan(0);
    }
  });

  it("is nothing where nothing changes, or nobody knows the version", () => {
    expect(warnings(["2.15.1"], "2.15.1")).toEqual([]);
    expect(warnings([""], "2.12.15")).toEqual([]);
  });

  it("is that nobody checks an image whose tag names no version", () => {
    const [warning] = transitionWarnings(deployed(["2.15.1"]), plan({ cluster: { image: "nats:latest" } }));
    expect(warning).toContain("cluster.image nats:latest does not name a version");
  });
});

describe("what goes from one owner to another", () => {
  const queue = (filters: Readonly<Record<string, string>>) => ({
    subjects: ["jobs.>"],
    retention: "workqueue",
    consumers: Object.fromEntries(
      Object.entries(filters).map(([name, filter]) => [name, { filters: [filter] }]),
    ),
  });

  it("is refused of subjects, consumers, ports and addresses alike, and all at once", () => {
    const before = prodSections();
    const moved = {
      ...before,
      hosts: {
        ...before.hosts,
        oslo: { ...before.hosts.oslo, wireguard: { address: "10.0.9.1" } },
        stockholm: { ...before.hosts.stockholm, wireguard: { address: "10.0.2.1" } },
      },
    };
    const streams = { OLD: { subjects: ["orders.>"] }, JOBS: queue({ old: "jobs.a" }) };
    const message = said(placesAfter(plan({ ...before, streams })), {
      ...moved,
      streams: { NEW: { subjects: ["orders.>"] }, JOBS: queue({ next: "jobs.a" }) },
      rollout: "all-at-once",
    });
    expect(message).toContain('streams.NEW: it takes "orders.>" from OLD');
    expect(message).toContain('streams.JOBS.consumers.next: it takes "jobs.a" from the consumer old');
    expect(message).toContain("hosts.stockholm.wireguard.address: 10.0.2.1 is in 10.0.2.0/24");
    const ports = said(placesAfter(plan()), {
      pods: [podInput("dk", 1), podInput("no", 7), podInput("se", 2)],
    });
    expect(ports).toContain("for 3 reasons");
    expect(ports).toContain("pods.dk.monitorPort: it takes 8223 from no");
  });

  it("may go from a stream that stays", () => {
    const before = placesAfter(plan({ streams: { ORDERS: { subjects: ["orders.>"] } } }));
    const after = { ORDERS: { subjects: ["orders.dk.>"] }, ORDERS_NO: { subjects: ["orders.no.>"] } };
    expect(said(before, { streams: after })).toBe("");
  });
});

describe("pods that an update leaves as they are", () => {
  it("have to be there", () => {
    const rollout = { mode: "rolling", skip: ["dk"] };
    const there = new Map([...deployed(["2.15.1"]).servers.values()].map((dk) => ["service-nats-dk", dk]));
    expect(said({ ...deployed([]), servers: there }, { rollout })).toBe("");
    expect(said(deployed([]), { rollout })).toContain("rollout.skip: the pod dk was never deployed");
  });
});

describe("addresses in the VPN", () => {
  const hostKey = `ssh-ed25519 ${"A".repeat(68)}`;
  const ids = ["dk", "no", "se"];
  const sections = (networks: readonly number[], mode: string) => ({
    hosts: Object.fromEntries(
      ids.map((id, place) => [
        id,
        {
          ssh: { address: `192.0.2.${place + 1}`, hostKey },
          wireguard: { address: `10.0.${networks[place]}.1` },
        },
      ]),
    ),
    pods: ids.map((id) => ({ id, host: id, clientPort: 4222, clusterPort: 6222, monitorPort: 8222 })),
    tls: { clients: "required" },
    rollout: { mode },
  });
  const servers = ids.map((id, place) => ({
    ...([...deployed(["2.15.1"]).servers.values()][0] as ProvenServer),
    serverName: `service-nats-${id}`,
    clusterAddress: `10.0.${place + 1}.1:6222`,
    clientTls: "required" as const,
  }));
  const before = { ...deployed([]), servers: new Map(servers.map((server) => [server.serverName, server])) };

  it("change on one host an update where servers restart in turn", () => {
    expect(said(before, sections([1, 2, 3], "rolling"))).toBe("");
    expect(said(before, sections([1, 2, 9], "rolling"))).toBe("");
    expect(said(before, sections([1, 8, 9], "rolling"))).toContain(
      "hosts: no, se would get other addresses in the VPN in one update",
    );
    expect(said(before, sections([1, 8, 9], "all-at-once"))).toBe("");
  });
});

describe("a host with another engine than in the last update", () => {
  it("is warned about, because the state says that everything is there", () => {
    const engines = (url: string) => ({ ...deployed(["2.15.1"]), engines: new Map([["local", url]]) });
    const docker = "unix:///run/other.sock";
    const topology = plan({ hosts: { local: { docker } } });
    expect(transitionWarnings(engines(docker), topology)).toEqual([]);
    expect(transitionWarnings(engines("unix:///var/run/docker.sock"), topology)).toEqual([
      expect.stringContaining(
        "hosts.local has another Docker engine than in the last update (unix:///var/run/docker.sock, now unix:///run/other.sock)",
      ),
    ]);
  });
});
