import { createPrivateKey, createPublicKey } from "node:crypto";

/**
 * NKeys (https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth) from an
 * ED25519 key that another part of the program made and keeps: no key is made here.
 */

// Prefix bytes: https://github.com/nats-io/nkeys/blob/main/strkey.go
const seedPrefix = 18 << 3;
const userPrefix = 20 << 3;

/** What stands before the 32 bytes of the key in PKCS#8: https://www.rfc-editor.org/rfc/rfc8410#section-7 */
const pkcs8Header = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * The seed of a user NKey (`SU…`): a secret.
 * @param pem an ED25519 private key, PKCS#8 in PEM
 * @throws if it is any other key; the message holds nothing of the key
 */
export function userSeed(pem: string): string {
  // The five bits of the role are spread over the first two bytes.
  const head = Buffer.from([seedPrefix | (userPrefix >> 5), (userPrefix & 31) << 3]);
  return encode(Buffer.concat([head, privateBytes(pem)]));
}

/**
 * The public key of a user NKey (`U…`).
 * @param pem an ED25519 private key, PKCS#8 in PEM
 * @throws if it is any other key; the message holds nothing of the key
 */
export function userPublicKey(pem: string): string {
  privateBytes(pem);
  const spki = createPublicKey(pem).export({ format: "der", type: "spki" });
  return encode(Buffer.concat([Buffer.from([userPrefix]), spki.subarray(-32)]));
}

function privateBytes(pem: string): Buffer {
  let der: Buffer;
  try {
    der = createPrivateKey(pem).export({ format: "der", type: "pkcs8" });
  } catch {
    throw notED25519();
  }
  if (der.length !== pkcs8Header.length + 32 || !der.subarray(0, pkcs8Header.length).equals(pkcs8Header)) {
    throw notED25519();
  }
  return der.subarray(pkcs8Header.length);
}

function notED25519(): Error {
  return new Error(
    "The key of an NKey is not an ED25519 private key in PKCS#8 PEM; create the key with the algorithm ED25519.",
  );
}

function encode(bytes: Buffer): string {
  const sum = crc16(bytes);
  return base32(Buffer.concat([bytes, Buffer.from([sum & 0xff, sum >> 8])]));
}

/** Base 32 without padding: https://www.rfc-editor.org/rfc/rfc4648#section-6 */
function base32(bytes: Buffer): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let text = "";
  let held = 0;
  let heldBits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    heldBits += 8;
    while (heldBits >= 5) {
      heldBits -= 5;
      text += alphabet.charAt((held >>> heldBits) & 31);
    }
    held &= (1 << heldBits) - 1;
  }
  return heldBits === 0 ? text : text + alphabet.charAt((held << (5 - heldBits)) & 31);
}

/** CRC-16/XMODEM: https://github.com/nats-io/nkeys/blob/main/crc16.go */
function crc16(bytes: Buffer): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      sum = (sum & 0x8000) === 0 ? (sum << 1) & 0xffff : ((sum << 1) ^ 0x1021) & 0xffff;
    }
  }
  return sum;
}
