import { beforeAll, describe, expect, it, vi } from "vitest";
import { files } from "../../plan/render/files.ts";
import { isSecret, type Registered } from "../support/mocks.ts";
import { issue, type Pair } from "../support/pem.ts";
import { build, carried, fingerprint, leafPem, named, topologyOf } from "../support/program.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const ids = ["dk", "no", "se"];

describe("certificates that were signed elsewhere", () => {
  const dates = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 400 * 86_400_000) };
  const names = (id: string) => `DNS:service-nats-${id},DNS:localhost,IP:127.0.0.1`;
  let root: Pair;
  let authority: Pair;
  let leaf: Pair;
  let registered: Registered[];

  beforeAll(async () => {
    root = issue({ commonName: "root", isAuthority: true, ...dates });
    authority = issue({ commonName: "authority", isAuthority: true, issuer: root, ...dates });
    leaf = issue({ commonName: "dk", issuer: authority, alternativeNames: names("dk"), ...dates });
    const { certificate, privateKey } = authority;
    const given = { generation: 5, phase: "active", certificate, privateKey, chain: root.certificate };
    ({ registered } = await build(topologyOf(ids, { tls: { authorities: [given], leaves: { dk: leaf } } })));
  });

  it("are carried as they are, and their key is a secret", () => {
    const dk = carried(registered, "dk");
    expect(dk[files.certificate]).toBe(leaf.certificate);
    expect(dk[files.privateKey]).toBe(leaf.privateKey);
    expect(isSecret(named(registered, "dk-loader").inputs.uploads)).toBe(true);
    expect(named(registered, "dk-node").inputs).toMatchObject({
      certificate: fingerprint(leaf.certificate),
      issuer: fingerprint(authority.certificate),
    });
  });

  it("are neither renewed nor made here, and those of the other pods are", () => {
    const ofPod = (id: string) =>
      registered
        .map(({ name }) => name)
        .filter((name) => /-(renewal|key|request|certificate)$/.test(name) && name.startsWith(`${id}-`));
    expect(ofPod("dk")).toEqual([]);
    expect(ofPod("no").sort()).toEqual(["no-certificate", "no-key", "no-renewal", "no-request"]);
  });

  it("leave the authority to who made it: none is made here, and servers trust it and not its root", () => {
    expect(registered.filter(({ type }) => type === "tls:index/selfSignedCert:SelfSignedCert")).toEqual([]);
    expect(carried(registered, "dk")[files.authority]).toBe(authority.certificate);
    expect(named(registered, "dk-node").inputs.trusted).toEqual([fingerprint(authority.certificate)]);
  });

  it("come with the chain to the root, for clients that trust only that", () => {
    expect(carried(registered, "no")[files.certificate]).toBe(`${leafPem}${authority.certificate}`);
    expect(named(registered, "nats").inputs.authorities).toBe(`${authority.certificate}${root.certificate}`);
  });

  it("show the authority's key to nobody", () => {
    const { caPrivateKeyPem } = named(registered, "no-certificate").inputs;
    expect(isSecret(caPrivateKeyPem)).toBe(true);
    expect(caPrivateKeyPem).toMatchObject({ value: authority.privateKey });
  });

  it("let the program in where their authority issues nothing here", async () => {
    const given = { generation: 5, phase: "active", certificate: authority.certificate };
    const leaves = Object.fromEntries(
      ids.map((id) => [
        id,
        issue({ commonName: id, issuer: authority, alternativeNames: names(id), ...dates }),
      ]),
    );
    const { registered: all } = await build(topologyOf(ids, { tls: { authorities: [given], leaves } }));
    expect(all.filter(({ name }) => name.startsWith("operator-"))).toEqual([]);
    expect(all.filter(({ type }) => type === "nats:tls:Renewal")).toEqual([]);
    expect(named(all, "nats").inputs.certificate).toBe(leaves.dk?.certificate);
    expect(named(all, "nats").inputs.privateKey).toMatchObject({ value: leaves.dk?.privateKey });
  });
});
