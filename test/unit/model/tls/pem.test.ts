import { describe, expect, it } from "vitest";
import { endOf, joinPem } from "../../../../model/tls/pem.ts";
import { issue } from "../../../support/pem.ts";

describe("PEM texts as one", () => {
  it("each begin on a line of their own, whatever they end with", () => {
    expect(joinPem(["a", "b\n", "\nc\n\n"])).toBe("a\nb\nc\n");
  });

  it("leave out what is empty", () => {
    expect(joinPem(["", "a\n", " \n"])).toBe("a\n");
    expect(joinPem([])).toBe("");
  });

  it("of one are that one: what was loaded as it is does not change", () => {
    const pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
    expect(joinPem([pem])).toBe(pem);
  });
});

describe("the end of a certificate", () => {
  const from = new Date("2030-01-01T00:00:00Z");
  const pair = (to: string) =>
    issue({ commonName: "x", isAuthority: true, from, to: new Date(to) }).certificate;

  it("is that of the first in the text", () => {
    const [leaf, issuer] = [pair("2031-02-03T04:05:06Z"), pair("2040-01-01T00:00:00Z")];
    expect(endOf(joinPem([leaf, issuer])).toISOString()).toBe("2031-02-03T04:05:06.000Z");
  });
});
