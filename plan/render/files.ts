/** Where a server finds its files: the mounted configuration volume, filled by the loader. */
export const configurationFolder = "/etc/nats";

export const files = {
  conf: `${configurationFolder}/nats.conf`,
  authority: `${configurationFolder}/tls/ca.pem`,
  certificate: `${configurationFolder}/tls/server-cert.pem`,
  privateKey: `${configurationFolder}/tls/server-key.pem`,
} as const;

/** Where JetStream keeps its streams: the mounted data volume. */
export const dataFolder = "/data";
