import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { presharedKeyOf, privateKeyOf, publicKeyOf } from "../../../../../plan/render/wireguard/keys.ts";
import { ed25519Pem } from "../../../../support/pem.ts";

const ed25519Header = Buffer.from("302e020100300506032b657004220420", "hex");
const x25519Header = Buffer.from("302e020100300506032b656e04220420", "hex");
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });

function pemOf(seed: Uint8Array): string {
  const key = createPrivateKey({ key: Buffer.concat([ed25519Header, seed]), format: "der", type: "pkcs8" });
  return key.export({ format: "pem", type: "pkcs8" }).toString();
}

function x25519(privateKey: string) {
  const key = Buffer.concat([x25519Header, Buffer.from(privateKey, "base64")]);
  return createPrivateKey({ key, format: "der", type: "pkcs8" });
}

const makers = { privateKeyOf, publicKeyOf, presharedKeyOf };

describe("WireGuard's keys of an ED25519 key", () => {
  it("are 32 bytes in base64, always the same, and each another one", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const pem = pemOf(seed);
        const keys = Object.values(makers).map((make) => make(pem));
        for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9+/]{43}=$/);
        expect(Object.values(makers).map((make) => make(pem))).toEqual(keys);
        expect(new Set([...keys, Buffer.from(seed).toString("base64")]).size).toBe(4);
      }),
    );
  });

  it("has a private key that is clamped as X25519 wants it", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const raw = Buffer.from(privateKeyOf(pemOf(seed)), "base64");
        expect(raw.readUInt8(0) & 0b111).toBe(0);
        expect(raw.readUInt8(31) >> 6).toBe(0b01);
      }),
    );
  });

  it("has a public key by which the private key's holder is reached", () => {
    const [left, right] = [ed25519Pem(), ed25519Pem()];
    const shared = (own: string, other: string) => {
      const x = Buffer.from(publicKeyOf(other), "base64").toString("base64url");
      const publicKey = createPublicKey({ key: { kty: "OKP", crv: "X25519", x }, format: "jwk" });
      return diffieHellman({ privateKey: x25519(privateKeyOf(own)), publicKey }).toString("hex");
    };
    expect(shared(left, right)).toBe(shared(right, left));
  });

  it("never changes, or every VPN would fall apart at the next update", () => {
    const pem = pemOf(new Uint8Array(32).fill(7));
    expect(Object.values(makers).map((make) => make(pem))).toMatchInlineSnapshot(`
      [
        "MApPBMiyJHrnTXdEOp3INf920Yf5s8XY/mtq11Fxm0Q=",
        "PhBN6zyjdijaQJnPYthCkhHPW4xZxyVg3ZMIdgyKzhg=",
        "tFjWbxiXTFAhdU+KbQJaBETwlvmXNMHddF6d9c+yBGM=",
      ]
    `);
    const derived = Buffer.from(
      hkdfSync("sha256", new Uint8Array(32).fill(7), "", "unityplan-nats WireGuard preshared key 1", 32),
    );
    expect(presharedKeyOf(pem)).toBe(derived.toString("base64"));
  });

  const otherKeys = {
    "an RSA key": generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
    "a key for key exchange": generateKeyPairSync("x25519").privateKey,
    "a longer key of the same family": generateKeyPairSync("ed448").privateKey,
  };

  it.each(Object.entries(otherKeys))("are refused for %s, without a word of the key", (_, key) => {
    const pem = key.export({ format: "pem", type: "pkcs8" }).toString();
    const secret = pem.split("\n")[1] ?? "";
    for (const make of Object.values(makers)) {
      expect(() => make(pem)).toThrow("is not an ED25519 private key in PKCS#8 PEM");
      expect(() => make(pem)).not.toThrow(secret.slice(0, 16));
    }
  });

  it.each(["", "secret", "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n"])(
    "are refused for what is no key at all: %j",
    (text) => {
      for (const make of Object.values(makers))
        expect(() => make(text)).toThrow("is not an ED25519 private key in PKCS#8 PEM");
    },
  );
});
