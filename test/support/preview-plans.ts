import { podInput } from "./configuration.ts";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCXm0kPp2aFwcYxQhJ0bq9eV3vW0Xq1lqk2mJcJm0xF";

function host(address: string, inside: string) {
  return { ssh: { address, hostKey }, wireguard: { address: inside } };
}

/** Three pods on three hosts in a VPN of which a key has been rotated. */
export function prodSections() {
  return {
    hosts: {
      copenhagen: host("45.123.45.67", "10.0.1.1"),
      oslo: host("89.234.56.78", "10.0.2.1"),
      stockholm: host("91.234.12.34", "10.0.3.1"),
    },
    pods: [
      podInput("dk", 0, { host: "copenhagen" }),
      podInput("no", 0, { host: "oslo" }),
      podInput("se", 0, { host: "stockholm" }),
    ],
    wireguard: { keyGenerations: { oslo: 3 }, presharedKeyGeneration: 2 },
    tls: { clients: "required", clientCertificates: ["unityplan"] } as Readonly<Record<string, unknown>>,
    rollout: "rolling",
  };
}
