import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { configure, faults, nordicPods } from "../../../support/configuration.ts";
import { issue, type Pair } from "../../../support/pem.ts";

/** What is used here has no certificate, so that no fault is about what one holds. */
const hidden = { secrets: "hidden" } as const;
const secret = "[secret]";
const given = { certificate: secret, privateKey: secret };

function tlsFaults(tls: Readonly<Record<string, unknown>>): readonly string[] {
  return faults({ tls }, hidden);
}

describe("TLS on the client port", () => {
  it.each([
    ["off", "off"],
    ["on", "on"],
    ["required", "required"],
    [false, "off"],
    [true, "on"],
  ])("%j is %s, for YAML may take on and off for booleans", (clients, clientPort) => {
    expect(configure({ tls: { clients } }).tls.clientPort).toBe(clientPort);
  });

  it("is nothing else", () => {
    expect(tlsFaults({ clients: "require" })).toEqual([
      'dev tls.clients: "require" is not known; allowed "off", "on", "required"; the nearest is "required"',
    ]);
  });
});

describe("authorities", () => {
  it("come by generation, whatever their place in the list", () => {
    const authorities = [
      { generation: 3, phase: "incoming" },
      { generation: 1, phase: "outgoing" },
      { generation: 2, phase: "active" },
    ];
    expect(configure({ tls: { authorities } }).tls.authorities).toEqual([
      { generation: 1, phase: "outgoing", given: undefined },
      { generation: 2, phase: "active", given: undefined },
      { generation: 3, phase: "incoming", given: undefined },
    ]);
  });

  it("are known as given ones by their certificate", () => {
    const authorities = [{ generation: 1, phase: "active", ...given, chain: secret }];
    expect(configure({ tls: { authorities } }, hidden).tls.authorities).toEqual([
      {
        generation: 1,
        phase: "active",
        given: { certificatePem: secret, chainPem: secret, privateKeyPem: secret },
      },
    ]);
  });

  const active = { generation: 1, phase: "active" };
  it.each([
    [[], "tls.authorities: [] names no CA; remove tls.authorities, or name a CA with phase: active"],
    [
      [{ generation: 1, phase: "incoming" }],
      "tls.authorities: 0 CAs are active; allowed exactly one. Write phase: active for the CA that issues certificates",
    ],
    [
      [active, { generation: 2, phase: "active" }],
      "tls.authorities: 2 CAs (generations 1, 2) are active; allowed exactly one",
    ],
    [
      [active, { generation: 2, phase: "incoming" }, { generation: 3, phase: "incoming" }],
      "tls.authorities: 2 CAs (generations 2, 3) are incoming; allowed one at a time: add the next CA when the first one is active",
    ],
    [
      [active, { generation: 1, phase: "outgoing" }],
      "tls.authorities[1].generation: 1 is the generation of tls.authorities[0] already; give each CA a number that no CA had before",
    ],
    [
      [{ generation: 0, phase: "active" }],
      "tls.authorities[0].generation: 0 is not a generation; allowed 1 to 1000000000, for example 2",
    ],
    [[{ generation: 1.5, phase: "active" }], "tls.authorities[0].generation: 1.5 is not a generation"],
    [[{ phase: "active" }], "tls.authorities[0].generation: is missing; allowed 1 to 1000000000"],
    [[{ generation: 1 }], 'tls.authorities[0].phase: is missing; allowed "incoming", "active", "outgoing"'],
    [
      [active, { generation: 2, phase: "outgoin" }],
      'tls.authorities[1].phase: "outgoin" is not known; allowed "incoming", "active", "outgoing"; the nearest is "outgoing"',
    ],
    [
      [{ ...active, key: secret }],
      'tls.authorities[0].key: is not a known key; the nearest is "privateKey" (known: generation, phase, certificate, chain, privateKey)',
    ],
    [
      [{ ...active, privateKey: secret }],
      'tls.authorities[0].privateKey: is given without its certificate; give "certificate" too, or remove "privateKey": then the update makes the CA',
    ],
    [
      [{ ...active, chain: secret }],
      'tls.authorities[0].chain: is given without its certificate; give "certificate" too, or remove "chain": then the update makes the CA',
    ],
  ])("are refused: %j", (authorities, fault) => {
    expect(tlsFaults({ authorities })).toEqual([expect.stringContaining(`dev ${fault}`)]);
  });

  it("are a list", () => {
    expect(tlsFaults({ authorities: {} })).toEqual([
      "dev tls.authorities: is not a list (its value is not shown); write a list, for example - { generation: 1, phase: active }",
    ]);
  });

  const phases = fc.array(
    fc.record({
      generation: fc.integer({ min: 1, max: 12 }),
      phase: fc.constantFrom("incoming", "active", "outgoing"),
    }),
    { maxLength: 6 },
  );
  const lawful = fc
    .record({
      generations: fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000_000 }), { minLength: 1, maxLength: 6 }),
      place: fc.nat(5),
      next: fc.boolean(),
    })
    .map(({ generations, place, next }) =>
      generations.map((generation, index) => {
        const distance = (index + place) % generations.length;
        if (distance === 0) return { generation, phase: "active" };
        return { generation, phase: next && distance === 1 ? "incoming" : "outgoing" };
      }),
    );

  it("are right with one that is active, at most one that is incoming, and a generation each; else wrong", () => {
    fc.assert(
      fc.property(fc.oneof(phases, lawful), (authorities) => {
        const count = (phase: string) => authorities.filter((one) => one.phase === phase).length;
        const generations = new Set(authorities.map(({ generation }) => generation));
        const right =
          count("active") === 1 && count("incoming") <= 1 && generations.size === authorities.length;
        expect(tlsFaults({ authorities }).length === 0).toBe(right);
      }),
    );
  });
});

describe("an authority that is given without its key", () => {
  const authorities = [{ generation: 1, phase: "active", certificate: secret }];

  it("needs a certificate for every pod", () => {
    expect(tlsFaults({ authorities, leaves: { dk: given } })).toEqual([
      "dev tls.authorities[0].privateKey: is missing, so the active CA can't sign the certificates of the pods no, se; give the key as a secret, or give the certificates of these pods in tls.leaves",
    ]);
    expect(tlsFaults({ authorities, leaves: { dk: given, no: given, se: given } })).toEqual([]);
  });

  it("issues no client certificates", () => {
    const leaves = { dk: given, no: given, se: given };
    expect(tlsFaults({ authorities, leaves, clientCertificates: ["orders"] })).toEqual([
      "dev tls.clientCertificates: can't be issued: the active CA (generation 1) is given without its privateKey; give the privateKey as a secret, or remove clientCertificates and issue them where the privateKey is",
    ]);
  });

  it.each(["incoming", "outgoing"])("is only trusted while it is %s", (phase) => {
    expect(
      tlsFaults({
        authorities: [
          { generation: 1, phase: "active" },
          { generation: 2, phase, certificate: secret },
        ],
      }),
    ).toEqual([]);
  });
});

describe("certificates that were signed elsewhere", () => {
  const authorities = [{ generation: 4, phase: "active", ...given }];

  it("go with ones that are signed here, where the authority's key is given", () => {
    expect(configure({ tls: { authorities, leaves: { no: given } } }, hidden).tls.givenLeaves).toEqual({
      no: { certificatePem: secret, privateKeyPem: secret },
    });
  });

  it("are found by the ids of pods, and of nothing that every object has", () => {
    const pods = [
      ...nordicPods,
      { ...nordicPods[0], id: "constructor", clientPort: 1, clusterPort: 2, monitorPort: 3 },
    ];
    expect(configure({ pods }).tls.givenLeaves.constructor).toBeUndefined();
  });

  it.each([
    [{ fi: given }, 'tls.leaves.fi: "fi" is not among the pods; allowed dk, no, se; the nearest is "dk"'],
    [
      { dk: { privateKey: secret } },
      "tls.leaves.dk.certificate: is missing; allowed PEM text that begins with -----BEGIN CERTIFICATE-----",
    ],
    [
      { dk: { certificate: secret } },
      "tls.leaves.dk.privateKey: is missing; allowed the PEM text of a private key that begins with -----BEGIN PRIVATE KEY-----, as a secret",
    ],
    [{ dk: { ...given, chain: secret } }, "tls.leaves.dk.chain: is not a known key"],
    [{ dk: null }, "tls.leaves.dk: is empty; write {} or its keys below it: certificate, privateKey"],
    [[], "tls.leaves: is not a map (its value is not shown); write the pods' ids below it"],
  ])("are refused: %j", (leaves, fault) => {
    expect(tlsFaults({ authorities, leaves })).toContainEqual(expect.stringContaining(`dev ${fault}`));
  });

  it("say nothing of their authority while nobody can say which it is", () => {
    const leaves = { dk: given };
    const active = { generation: 1, phase: "active" };
    expect(tlsFaults({ leaves, authorities: [active, { ...active, generation: 2 }] })).toEqual([
      expect.stringContaining("2 CAs (generations 1, 2) are active"),
    ]);
    expect(tlsFaults({ leaves, authorities: [active, { generation: 2, phase: "use" }] })).toEqual([
      expect.stringContaining('dev tls.authorities[1].phase: "use" is not known'),
    ]);
  });

  it("need the authority that signed them, which one that is made here did not", () => {
    expect(tlsFaults({ leaves: { dk: given, se: given } })).toEqual([
      "dev tls.leaves: are given for dk, se, but the active CA (generation 1) is made by an update and did not sign them; give the active CA the certificate of the CA that signed them, and its privateKey if you have it",
    ]);
  });
});

describe("client certificates", () => {
  it("come by name", () => {
    expect(configure({ tls: { clientCertificates: ["orders", "billing"] } }).tls.clientCertificates).toEqual([
      "billing",
      "orders",
    ]);
  });

  const form =
    "is not the name of an application; allowed a lower-case letter, then up to 62 lower-case letters, digits or dashes, for example orders";
  it.each([
    [["Orders"], `tls.clientCertificates[0]: "Orders" ${form}`],
    [[5], `tls.clientCertificates[0]: 5 ${form}`],
    [["a".repeat(64)], "is not the name of an application"],
    [["orders\n"], "is not the name of an application"],
    [
      ["orders", "billing", "orders"],
      'tls.clientCertificates[2]: "orders" is tls.clientCertificates[0] already; name each once',
    ],
    [
      ["operator"],
      `tls.clientCertificates[0]: "operator" is reserved for this project's own commands; choose another name`,
    ],
    ["orders", 'tls.clientCertificates: "orders" is not a list; write a list, for example ["orders"]'],
  ])("are refused: %j", (clientCertificates, fault) => {
    expect(tlsFaults({ clientCertificates })).toEqual([expect.stringContaining(fault)]);
  });
});

describe("certificates and keys in a configuration that Pulumi has decrypted", () => {
  const now = new Date("2030-06-01T00:00:00Z");
  const dates = { from: new Date("2030-01-01T00:00:00Z"), to: new Date("2031-01-01T00:00:00Z") };
  let root: Pair;
  let authority: Pair;
  let leaf: Pair;

  beforeAll(() => {
    root = issue({ commonName: "root", isAuthority: true, ...dates });
    authority = issue({ commonName: "authority", isAuthority: true, issuer: root, ...dates });
    const alternativeNames = "DNS:service-nats-dk,DNS:localhost,IP:127.0.0.1";
    leaf = issue({ commonName: "dk", issuer: authority, alternativeNames, ...dates });
  });

  function told(tls: Readonly<Record<string, unknown>>, at = now, more: Record<string, unknown> = {}) {
    return faults({ tls, ...more }, { now: at });
  }
  const withOwn = (fields: Readonly<Record<string, unknown>>) => ({
    authorities: [{ generation: 1, phase: "active", ...authority, ...fields }],
  });

  it("are right as they should be, and end with one line end", () => {
    const tls = {
      authorities: [
        {
          generation: 1,
          phase: "active",
          certificate: authority.certificate.trimEnd(),
          chain: `\n${root.certificate}\n\n`,
          privateKey: authority.privateKey,
        },
      ],
      leaves: { dk: leaf },
    };
    expect(configure({ tls }, { now }).tls).toMatchObject({
      authorities: [
        {
          given: {
            certificatePem: authority.certificate,
            chainPem: root.certificate,
            privateKeyPem: authority.privateKey,
          },
        },
      ],
      givenLeaves: { dk: { certificatePem: leaf.certificate, privateKeyPem: leaf.privateKey } },
    });
  });

  it("are checked for what they hold", () => {
    const tls = {
      authorities: [
        {
          generation: 1,
          phase: "active",
          certificate: leaf.certificate,
          chain: authority.certificate + authority.certificate,
          privateKey: root.privateKey,
        },
      ],
      leaves: { dk: { certificate: root.certificate, privateKey: leaf.privateKey } },
    };
    expect(told(tls).map((fault) => fault.slice(0, 70))).toEqual([
      expect.stringMatching(/^dev tls\.authorities\[0\]\.certificate: is not the certificate of/),
      expect.stringMatching(/^dev tls\.authorities\[0\]\.chain: has a certificate number 2/),
      expect.stringMatching(/^dev tls\.authorities\[0\]\.privateKey: is not the key of/),
      expect.stringMatching(/^dev tls\.leaves\.dk\.certificate: was not issued by/),
      expect.stringMatching(/^dev tls\.leaves\.dk\.certificate: is the certificate of a CA/),
      expect.stringMatching(/^dev tls\.leaves\.dk\.certificate: lacks the extended key/),
      expect.stringMatching(/^dev tls\.leaves\.dk\.certificate: does not carry DNS:/),
      expect.stringMatching(/^dev tls\.leaves\.dk\.privateKey: is not the key of/),
    ]);
  });

  it("are checked against the clock", () => {
    const tls = { ...withOwn({}), leaves: { dk: leaf } };
    expect(told(tls, new Date("2031-06-01T00:00:00Z"))).toEqual([
      "dev tls.authorities[0].certificate: expired on 2031-01-01T00:00:00Z; give another CA",
      "dev tls.leaves.dk.certificate: expired on 2031-01-01T00:00:00Z; have a new one signed",
    ]);
    expect(told(tls, new Date("2029-06-01T00:00:00Z"))).toHaveLength(2);
    expect(faults({ tls }, { now: "unchecked" })).toEqual([]);
  });

  it("are checked against the clock of this machine where no other is given", () => {
    expect(faults({ tls: withOwn({}) })).toEqual([
      expect.stringContaining("check the clock of this machine"),
    ]);
  });

  it("carry the names and addresses of their own pod, with its prefix and its host", () => {
    const more = {
      cluster: { resourcePrefix: "t1-", acceptAnonymousRemoteClients: true },
      hosts: { local: { publishAddress: "192.168.60.133" } },
    };
    expect(told({ ...withOwn({}), leaves: { dk: leaf } }, now, more)).toEqual([
      "dev tls.leaves.dk.certificate: does not carry DNS:t1-service-nats-dk, IP:192.168.60.133, by which the server is dialled; have it signed with subjectAltName = DNS:t1-service-nats-dk,DNS:localhost,IP:127.0.0.1,IP:192.168.60.133",
    ]);
    expect(told({ ...withOwn({}), leaves: { no: leaf } })).toEqual([
      expect.stringContaining("dev tls.leaves.no.certificate: does not carry DNS:service-nats-no, by which"),
    ]);
  });

  it("are no hidden secrets", () => {
    expect(told({ authorities: [{ generation: 1, phase: "active", ...given, chain: secret }] })).toEqual(
      ["certificate", "chain", "privateKey"].map(
        (key) =>
          `dev tls.authorities[0].${key}: is the word "[secret]", not PEM text; give the certificate or the key itself`,
      ),
    );
    expect(told({ ...withOwn({}), leaves: { dk: given } })).toHaveLength(2);
  });

  it.each([
    [{ certificate: "ca.pem" }, "certificate: is not a certificate; allowed PEM text"],
    [{ chain: "" }, "chain: is not a certificate; allowed PEM text"],
    [{ certificate: 5 }, "certificate: is not text; allowed PEM text"],
    [{ privateKey: "hunter2" }, "privateKey: is not a private key; allowed the PEM text of a private key"],
    [{ privateKey: { secure: "hunter2" } }, "privateKey: is not text; allowed the PEM text of a private key"],
  ])("are PEM text: %j", (fields, fault) => {
    const all = told(withOwn(fields));
    expect(all).toEqual([expect.stringContaining(`dev tls.authorities[0].${fault}`)]);
    expect(all[0]).toMatch(/\(its value is not shown\)$/);
  });

  it("are not mixed: a key in the place of a certificate would be no secret", () => {
    expect(told(withOwn({ certificate: authority.certificate + authority.privateKey }))).toEqual([
      "dev tls.authorities[0].certificate: contains a private key; put the key into privateKey, as a secret (its value is not shown)",
    ]);
  });
});
