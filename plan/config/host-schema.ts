import { isIPv4 } from "../../model/ipv4.ts";
import type { Parsed } from "../../model/parsed.ts";
import { choice, flag, port, scalar, text, whole } from "./scalars.ts";
import { mapOf, section } from "./schema.ts";

const userName = /^[A-Za-z_][A-Za-z0-9._-]{0,31}$/;

/** How the host is reached from the machine that runs Pulumi. */
export const sshShape = {
  address: hostAddress(),
  port: port.prefault(22),
  user: text("a user", "a name of up to 32 letters, digits, dashes, dots and underscores", userName).prefault(
    "root",
  ),
  hostKey: hostKey(),
  /** Without spaces or quotes: it stands in an option of OpenSSH. */
  identityFile: text(
    "a path",
    "the path of a private key without spaces, for example ~/.ssh/unityplan",
    /^[^\s"'%]+$/,
  ).optional(),
};

/** The host's place in the VPN. */
export const peerShape = {
  address: hostAddress(),
  port: port.prefault(51820),
  endpoint: hostAddress().optional(),
};

export const hostShape = {
  docker: dockerUrl().optional(),
  publishAddress: publishAddress().prefault("127.0.0.1"),
  ssh: section(sshShape).optional(),
  wireguard: section(peerShape).optional(),
  firewall: flag.optional(),
  image: choice("pull", "carry").optional(),
};

const generation = whole("a generation", 1, 1_000_000_000, 1);

/** What all hosts of the VPN have in common. */
export const wireguardShape = {
  /** As in `wg0`. */
  interface: text(
    "an interface's name",
    "1 to 15 letters, digits, dashes and underscores, for example wg0",
    /^[A-Za-z][A-Za-z0-9_-]{0,14}$/,
  ).prefault("wg0"),
  /** Of the VPN's interface, in bytes. */
  mtu: whole("an MTU", 1280, 1500, 1420).prefault(1420),
  /** A higher number recreates every preshared key. */
  presharedKeyGeneration: generation.prefault(1),
  /** By host id. Here and not at the hosts, so that a rotation edits no section with people's comments in it. */
  keyGenerations: mapOf(generation, "host ids with a number each").prefault({}),
};

/** The settings as the plan has them. */
export const wireguardSchema = section(wireguardShape)
  .transform(({ interface: interfaceName, ...same }) => ({ interfaceName, ...same }))
  .readonly();

function hostAddress() {
  const form =
    "an IPv4 address, for example 45.123.45.67 (a name would have to be looked up, and may change)";
  return scalar(form, (value): Parsed<string> => {
    const fits = typeof value === "string" && isIPv4(value) && !value.startsWith("0.");
    return fits ? { value } : { fault: `is not an IPv4 address of a host; allowed ${form}` };
  });
}

/** https://man.openbsd.org/sshd#SSH_KNOWN_HOSTS_FILE_FORMAT */
const keyForm = /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/]{40,}={0,2}$/;

function hostKey() {
  const form =
    "the host's public key, for example \"ssh-ed25519 AAAA…\": `ssh-keyscan -t ed25519 ADDRESS` prints the address and the key. Write the key without the address, and compare it with the key that the host's own console shows";
  return scalar(form, (value): Parsed<string> => {
    if (typeof value === "string" && /^<.*>$/.test(value))
      return { fault: `is still the placeholder; write ${form}` };
    return typeof value === "string" && keyForm.test(value)
      ? { value }
      : { fault: `is not a host key; allowed ${form}` };
  });
}

function dockerUrl() {
  const form = "a URL such as unix:///var/run/docker.sock, ssh://admin@host or tcp://host:2375";
  return scalar(form, (value): Parsed<string> => {
    if (typeof value !== "string" || !/^(unix:\/\/\/|ssh:\/\/[^/\s]|tcp:\/\/[^/\s])\S*$/.test(value)) {
      return { fault: `is not the URL of a Docker engine; allowed ${form}` };
    }
    return /:\/\/.*:.*@/.test(value)
      ? { fault: "contains a password; remove the password, and use ssh:// with an agent or a key" }
      : { value };
  });
}

function publishAddress() {
  const form = "an IPv4 address of the host, for example 127.0.0.1 or 192.168.60.133";
  return scalar(form, (value): Parsed<string> => {
    if (typeof value !== "string" || !isIPv4(value))
      return { fault: `is not an IPv4 address; allowed ${form}` };
    // Servers announce this address to clients, and the certificate has it.
    return value === "0.0.0.0"
      ? {
          fault:
            "means every address, and clients can't dial that; write the address by which clients reach the host, for example 192.168.60.133",
        }
      : { value };
  });
}
