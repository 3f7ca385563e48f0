/** Hosts that nobody dials, with what production asks for. */
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCXm0kPp2aFwcYxQhJ0bq9eV3vW0Xq1lqk2mJcJm0xF";
const host = (number: number) => ({
  ssh: { address: `192.0.2.${number}`, hostKey },
  wireguard: { address: `10.0.${number}.1` },
});
const ports = { clientPort: 4222, clusterPort: 6222, monitorPort: 8222 };

/** The configuration of a stack like prod: three hosts that are entered by SSH, a pod on each. */
export const prodSections = {
  hosts: { copenhagen: host(1), oslo: host(2), stockholm: host(3) },
  pods: [
    { id: "dk", host: "copenhagen", ...ports },
    { id: "no", host: "oslo", ...ports },
    { id: "se", host: "stockholm", ...ports },
  ],
  tls: { clients: "required" },
  rollout: "rolling",
};
