import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planDocument } from "../../../../operations/preview/document.ts";
import { documentIn, documentText } from "../../../../operations/preview/document-text.ts";
import type { StandIn } from "../../../../operations/preview/stand-ins.ts";
import { nordicPods, plan } from "../../../support/configuration.ts";
import { selfSigned } from "../../../support/pem.ts";
import { prodSections } from "../../../support/preview-plans.ts";

describe("the plan document", () => {
  const prod = planDocument(plan(prodSections()));

  it("survives as JSON", () => {
    expect(documentIn(documentText(prod))).toEqual(JSON.parse(JSON.stringify(prod)));
  });

  it("is the same text whatever the order of pods, hosts and sections in the file", () => {
    const { hosts, ...others } = prodSections();
    const text = documentText(prod);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(others.pods, { minLength: 3 }),
        fc.shuffledSubarray(Object.entries(hosts), { minLength: 3 }),
        (pods, shuffled) => {
          const sections = { hosts: Object.fromEntries(shuffled), ...others, pods };
          expect(documentText(planDocument(plan(sections)))).toBe(text);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("shows nats.conf whole, but for the key of the system's user", () => {
    const [dk] = planDocument(plan()).servers;
    expect(dk?.conf).toContain('listen: "0.0.0.0:4222"');
    expect(dk?.conf).toContain('nkey: "(public key of the system user)"');
  });

  it("shows wg0.conf whole, with words and generations in place of every key", () => {
    const text = prod.hosts.find(({ id }) => id === "oslo")?.vpn?.conf;
    expect(text).toContain("PrivateKey = (private key, generation 3)\n");
    expect(text).toContain("PublicKey = (public key of copenhagen, generation 1)\n");
    expect(text).toContain("PresharedKey = (preshared key with copenhagen, generation 2)\n");
    expect(text).toContain("Endpoint = 45.123.45.67:51820\n");
    expect(text).not.toMatch(/[A-Za-z0-9+/]{43}=/);
  });

  it("shows the firewall's rules as they will stand", () => {
    const scripts = prod.hosts.find(({ id }) => id === "oslo")?.scripts;
    expect(Object.keys(scripts ?? {}).sort()).toEqual(["oslo-docker", "oslo-firewall", "oslo-packages"]);
    expect(scripts?.["oslo-firewall"]?.text).toContain("tcp dport 22 accept");
  });

  it("names the keys that are made, with their generations", () => {
    expect(prod.keys).toEqual([
      "copenhagen-wireguard-key-1",
      "oslo-wireguard-key-3",
      "preshared-copenhagen/oslo-2",
      "preshared-copenhagen/stockholm-2",
      "preshared-oslo/stockholm-2",
      "stockholm-wireguard-key-1",
      "system-user",
    ]);
  });

  it("knows certificates from elsewhere by their fingerprints, and never holds a key", () => {
    const { certificate, privateKey } = selfSigned();
    const document = planDocument(
      plan({
        tls: { authorities: [{ generation: 2, phase: "active", certificate, privateKey }] },
      }),
    );
    expect(document.tls.authorities[0]?.certificate).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(document.servers[0]?.trusted).toEqual([document.tls.authorities[0]?.certificate]);
    expect(documentText(document)).not.toContain("PRIVATE KEY");
  });

  it("has words where something stands in for a value, and what tells one secret from another", () => {
    const standIns: StandIn[] = [
      { path: "hosts.oslo.ssh.hostKey", why: "placeholder", isLeftOut: false, digest: "" },
      { path: "hosts.oslo.ssh.address", why: "secret", isLeftOut: false, digest: "0a1b2c3d" },
    ];
    const { hosts, secrets } = planDocument(plan(prodSections()), standIns);
    const oslo = hosts.find(({ id }) => id === "oslo");
    expect(oslo?.ssh).toMatchObject({ hostKey: "(placeholder)", address: "(secret 0a1b2c3d)" });
    expect(secrets).toEqual({ "hosts.oslo.ssh.address": "0a1b2c3d" });
  });

  it("marks what an update leaves as it is", () => {
    const { servers } = planDocument(plan({ pods: nordicPods, rollout: { mode: "rolling", skip: ["no"] } }));
    expect(servers.filter(({ leftOut }) => leftOut).map(({ podId }) => podId)).toEqual(["no"]);
  });
});
