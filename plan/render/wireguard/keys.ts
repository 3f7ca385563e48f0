import { createPrivateKey, createPublicKey, hkdfSync } from "node:crypto";

/**
 * WireGuard's keys (https://www.wireguard.com/protocol/) from an ED25519 key that another part of the program made and
 * keeps: no key is made here. One key serves one purpose, and HKDF-SHA256 (RFC 5869) keeps the purposes apart: who has
 * the one key can't tell another one that was made of the same text.
 */
const purposes = {
  privateKey: "unityplan-nats WireGuard private key 1",
  presharedKey: "unityplan-nats WireGuard preshared key 1",
} as const;

const keyBytes = 32;

/** What stands before the 32 bytes of an X25519 key in PKCS#8: https://www.rfc-editor.org/rfc/rfc8410#section-7 */
const pkcs8Header = Buffer.from("302e020100300506032b656e04220420", "hex");

/**
 * A host's private key in base64, as `wg genkey` writes one: a secret.
 * @param pem an ED25519 private key, PKCS#8 in PEM
 * @throws if it is any other key; the message holds nothing of the key
 */
export function privateKeyOf(pem: string): string {
  return clamped(derived(pem, purposes.privateKey)).toString("base64");
}

/**
 * The public key in base64 of the host whose private key {@link privateKeyOf} makes of the same text.
 * @param pem an ED25519 private key, PKCS#8 in PEM
 * @throws if it is any other key; the message holds nothing of the key
 */
export function publicKeyOf(pem: string): string {
  const raw = clamped(derived(pem, purposes.privateKey));
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Header, raw]), format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return spki.subarray(-keyBytes).toString("base64");
}

/**
 * A preshared key of two hosts in base64, as `wg genpsk` writes one: a secret.
 * @param pem an ED25519 private key that belongs to this pair alone, PKCS#8 in PEM
 * @throws if it is any other key; the message holds nothing of the key
 */
export function presharedKeyOf(pem: string): string {
  return derived(pem, purposes.presharedKey).toString("base64");
}

function derived(pem: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", seedOf(pem), Buffer.alloc(0), purpose, keyBytes));
}

/** As every X25519 private key has to be: https://www.rfc-editor.org/rfc/rfc7748#section-5 */
function clamped(bytes: Buffer): Buffer {
  bytes.writeUInt8(bytes.readUInt8(0) & 0b1111_1000, 0);
  bytes.writeUInt8((bytes.readUInt8(31) & 0b0111_1111) | 0b0100_0000, 31);
  return bytes;
}

function seedOf(pem: string): Buffer {
  try {
    const { crv, d } = createPrivateKey(pem).export({ format: "jwk" });
    if (crv === "Ed25519" && d !== undefined) return Buffer.from(d, "base64url");
  } catch {
    // The message is below, because the library's own words may hold some of the text.
  }
  throw new Error(
    "What WireGuard's keys are made of is not an ED25519 private key in PKCS#8 PEM; make it with algorithm ED25519.",
  );
}
