/** Pulumi's names of the types of resources, for who tells one resource from another. */

/** What the plugin in `provider/` serves. */
export const natsTypes = {
  survey: "nats:host:Survey",
  mesh: "nats:host:Mesh",
  membership: "nats:server:Membership",
  node: "nats:server:Node",
  look: "nats:server:Look",
  preflight: "nats:server:Preflight",
  clusterGate: "nats:server:Cluster",
  renewal: "nats:tls:Renewal",
  trust: "nats:tls:Trust",
  stream: "nats:jetstream:Stream",
  consumer: "nats:jetstream:Consumer",
} as const;

export const dockerTypes = {
  container: "docker:index/container:Container",
  network: "docker:index/network:Network",
  volume: "docker:index/volume:Volume",
  image: "docker:index/remoteImage:RemoteImage",
} as const;

export const tlsTypes = {
  privateKey: "tls:index/privateKey:PrivateKey",
  request: "tls:index/certRequest:CertRequest",
  certificate: "tls:index/locallySignedCert:LocallySignedCert",
  authority: "tls:index/selfSignedCert:SelfSignedCert",
} as const;

export const commandType = "command:local:Command";

export const stackType = "pulumi:pulumi:Stack";

export const providerTypes = { nats: "pulumi:providers:nats", docker: "pulumi:providers:docker" } as const;

/** What only holds other resources together. */
export const componentTypes = {
  cluster: "unityplan:nats:Cluster",
  pod: "unityplan:nats:Pod",
  host: "unityplan:host:Host",
  stream: "unityplan:jetstream:Stream",
  chain: "unityplan:tls:CertificateChain",
  leaf: "unityplan:tls:Leaf",
  mesh: "unityplan:wireguard:Mesh",
  peer: "unityplan:wireguard:Peer",
} as const;
