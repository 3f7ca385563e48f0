import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { nkeys } from "nats";
import { describe, expect, it } from "vitest";
import { userPublicKey, userSeed } from "../../../model/nkey.ts";

const pkcs8Header = Buffer.from("302e020100300506032b657004220420", "hex");

function pemOf(raw: Uint8Array): string {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Header, raw]), format: "der", type: "pkcs8" });
  return key.export({ format: "pem", type: "pkcs8" }).toString();
}

describe("the NKey of an ED25519 key", () => {
  it("is what the NATS library makes of the same key", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (raw) => {
        const pem = pemOf(raw);
        const seed = userSeed(pem);
        const pair = nkeys.fromSeed(new TextEncoder().encode(seed));
        expect(pair.getPublicKey()).toBe(userPublicKey(pem));
        expect(seed).toMatch(/^SU[A-Z2-7]{56}$/);
        expect(userPublicKey(pem)).toMatch(/^U[A-Z2-7]{55}$/);
      }),
    );
  });

  it("signs what the public key proves", () => {
    const pem = pemOf(new Uint8Array(32).fill(7));
    const data = new TextEncoder().encode("nonce");
    const signature = nkeys.fromSeed(new TextEncoder().encode(userSeed(pem))).sign(data);
    expect(nkeys.fromPublic(userPublicKey(pem)).verify(data, signature)).toBe(true);
  });

  const otherKeys = {
    "an RSA key": generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
    "an elliptic curve key": generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
    "a key for key exchange": generateKeyPairSync("x25519").privateKey,
  };

  it.each(Object.entries(otherKeys))("is refused for %s, without a word of the key", (_, key) => {
    const pem = key.export({ format: "pem", type: "pkcs8" }).toString();
    const secret = pem.split("\n")[1] ?? "";
    for (const make of [userSeed, userPublicKey]) {
      expect(() => make(pem)).toThrow("is not an ED25519 private key in PKCS#8 PEM");
      expect(() => make(pem)).not.toThrow(secret.slice(0, 16));
    }
  });

  it.each(["", "secret", "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n"])(
    "is refused for what is no key at all: %j",
    (text) => {
      expect(() => userSeed(text)).toThrow("is not an ED25519 private key in PKCS#8 PEM");
    },
  );
});
