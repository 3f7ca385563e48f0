import { describe, expect, it } from "vitest";
import { movedAddressFaults, movedPortFaults } from "../../../../plan/transitions/moved-places.ts";
import { plan } from "../../../support/configuration.ts";
import { placesAfter } from "../../../support/deployed-state.ts";
import { prodSections } from "../../../support/preview-plans.ts";

type Ports = readonly [clientPort: number, clusterPort: number, monitorPort: number];

function pods(...ports: readonly Ports[]) {
  const ids = ["dk", "no", "se"];
  return ports.map(([clientPort, clusterPort, monitorPort], index) => ({
    id: ids[index],
    clientPort,
    clusterPort,
    monitorPort,
  }));
}

const dk: Ports = [4222, 6222, 8222];
const no: Ports = [4223, 6223, 8223];
const se: Ports = [4224, 6224, 8224];

function portFaults(after: readonly Ports[], rollout: unknown = "rolling"): string[] {
  return movedPortFaults(
    placesAfter(plan({ pods: pods(dk, no, se) })),
    plan({ pods: pods(...after), rollout }),
  );
}

describe("a port that another pod has", () => {
  it("may be taken behind the turn of the one that gives it up", () => {
    expect(portFaults([[4300, 6222, 8222], no, [4222, 6224, 8224]])).toEqual([]);
    const first = { mode: "rolling", first: "se" };
    expect(portFaults([[4224, 6222, 8222], no, [4300, 6224, 8224]], first)).toEqual([]);
  });

  it("is refused before that turn", () => {
    expect(portFaults([[4224, 6222, 8222], no, [4300, 6224, 8224]])).toEqual([
      "pods.dk.clientPort: it takes 4224 from se. This update gives se another port. dk restarts before se, " +
        "so the port may not be free. Make two updates: first give se a port that no pod has and keep dk as it is, then " +
        "make this update",
    ]);
  });

  it.each(["parallel", "all-at-once"])("is refused where pods have no turns: %s", (rollout) => {
    expect(portFaults([[4300, 6222, 8222], no, [4222, 6224, 8224]], rollout)).toEqual([
      expect.stringContaining(
        `se.clientPort: it takes 4222 from dk. This update gives dk another port. With rollout: ${rollout} no`,
      ),
    ]);
  });

  it.each<[string, readonly Ports[], string]>([
    [
      "of the cluster",
      [[4222, 6224, 8222], no, [4224, 6300, 8224]],
      "pods.dk.clusterPort: it takes 6224 from se",
    ],
    [
      "of the monitor",
      [[4222, 6222, 8224], no, [4224, 6224, 8300]],
      "pods.dk.monitorPort: it takes 8224 from se",
    ],
    [
      "of another kind",
      [[8223, 6222, 8222], [4223, 6223, 8300], se],
      "pods.dk.clientPort: it takes 8223 from no",
    ],
  ])("is refused: %s", (_, after, text) => {
    expect(portFaults(after)).toEqual([expect.stringContaining(text)]);
  });

  it("is refused in an exchange whatever the order", () => {
    const exchanged: Ports[] = [[4223, 6222, 8222], [4222, 6223, 8223], se];
    expect(portFaults(exchanged)).toHaveLength(1);
    expect(portFaults(exchanged, { mode: "rolling", first: "no" })).toHaveLength(1);
    expect(portFaults(exchanged, "parallel")).toHaveLength(2);
  });

  it("is refused where its pod is left as it is, and is no matter to a pod that is left itself", () => {
    const after: Ports[] = [[4300, 6222, 8222], no, [4222, 6224, 8224]];
    expect(portFaults(after, { mode: "rolling", skip: ["dk"] })).toEqual([
      "pods.se.clientPort: it takes 4222 from dk. This update skips dk (rollout.skip), so the port is not " +
        "free. Keep the ports of se as they are until an update has dk again",
    ]);
    expect(portFaults(after, { mode: "parallel", skip: ["se"] })).toEqual([]);
  });

  it("is no matter on another host, or within a pod", () => {
    const prod = prodSections();
    const moved = {
      ...prod,
      pods: prod.pods.map((pod) => ({ ...pod, clientPort: 6222, clusterPort: 4222 })),
    };
    expect(movedPortFaults(placesAfter(plan(prod)), plan({ ...moved, rollout: "all-at-once" }))).toEqual([]);
    const { copenhagen, oslo } = prod.hosts;
    const wireguard = { copenhagen: oslo.wireguard, oslo: copenhagen.wireguard };
    const hosts = {
      ...prod.hosts,
      copenhagen: { ...copenhagen, wireguard: wireguard.copenhagen },
      oslo: { ...oslo, wireguard: wireguard.oslo },
    };
    // That is a matter of the addresses alone.
    expect(
      movedPortFaults(placesAfter(plan(prod)), plan({ ...prod, hosts, rollout: "all-at-once" })),
    ).toEqual([]);
  });

  it("is free where its server was never proven", () => {
    const deployed = { ...placesAfter(plan()), servers: new Map() };
    expect(movedPortFaults(deployed, plan({ pods: pods(no, dk, se), rollout: "parallel" }))).toEqual([]);
  });
});

describe("an address in the VPN that another host has", () => {
  const prod = prodSections();
  const at = (addresses: Readonly<Record<string, string>>, rollout: unknown = "all-at-once") => ({
    ...prod,
    hosts: Object.fromEntries(
      Object.entries(prod.hosts).map(([id, host]) => [
        id,
        { ...host, wireguard: { address: addresses[id] ?? host.wireguard.address } },
      ]),
    ),
    rollout,
  });
  const faults = (after: object) => movedAddressFaults(placesAfter(plan(prod)), plan({ ...after }));

  it("is refused, with the steps to take", () => {
    expect(faults(at({ copenhagen: "10.0.9.1", oslo: "10.0.1.1" }))).toEqual([
      "hosts.oslo.wireguard.address: 10.0.1.1 is in 10.0.1.0/24, the network of copenhagen (10.0.1.1) until this " +
        "update. All hosts take their new addresses at once, so traffic for what still runs on copenhagen would go to oslo. " +
        "Make two updates: first give copenhagen a network that no host has and keep oslo as it is, then make this update",
    ]);
  });

  it("is refused for any address of the same network, in an exchange, and in a ring", () => {
    expect(faults(at({ copenhagen: "10.0.9.1", oslo: "10.0.1.7" }))).toHaveLength(1);
    expect(faults(at({ copenhagen: "10.0.2.1", oslo: "10.0.1.1" }))).toHaveLength(2);
    expect(faults(at({ copenhagen: "10.0.2.1", oslo: "10.0.3.1", stockholm: "10.0.1.1" }))).toHaveLength(3);
  });

  it("is refused where its host goes, or is left as it is", () => {
    const deployed = placesAfter(plan(prod));
    const gone = { ...deployed, vpnAddresses: new Map([...deployed.vpnAddresses, ["bergen", "10.0.8.1"]]) };
    expect(movedAddressFaults(gone, plan(at({ oslo: "10.0.8.1" })))).toEqual([
      expect.stringContaining("first remove bergen and keep oslo as it is"),
    ]);
    const skip = { mode: "rolling", skip: ["dk"] };
    expect(faults(at({ copenhagen: "10.0.9.1", oslo: "10.0.1.1" }, skip))).toEqual([
      expect.stringContaining("This update skips copenhagen (rollout.skip). Choose a network"),
    ]);
  });

  it("is not looked at where nobody takes one", () => {
    expect(faults(prod)).toEqual([]);
    expect(faults(at({ oslo: "10.0.2.9" }))).toEqual([]);
    expect(faults(at({ oslo: "10.0.9.1", copenhagen: "10.0.8.1" }))).toEqual([]);
    expect(
      faults(at({ oslo: "10.0.1.1", copenhagen: "10.0.9.1" }, { mode: "rolling", skip: ["no"] })),
    ).toEqual([]);
  });
});
