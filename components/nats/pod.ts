import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Leaf } from "../tls/chain.ts";
import type { ClusterPlan, PodPlan } from "../topology.ts";
import { clientUrl, clusterAddress } from "./addresses.ts";
import { renderConf } from "./conf.ts";
import { digestOf, fingerprintOf } from "./digest.ts";
import { configurationFolder, dataFolder, files } from "./files.ts";
import type { Provider } from "./provider.ts";
import { restartDigest } from "./restart.ts";
import { ServerNode } from "./server.ts";

export interface NatsPodArgs {
  readonly pod: PodPlan;
  readonly cluster: ClusterPlan;
  readonly imageId: pulumi.Input<string>;
  /** PEM of the authorities that the server trusts. */
  readonly bundle: pulumi.Output<string>;
  readonly leaf: Leaf;
  readonly systemUserPublicKey: pulumi.Output<string>;
  /** The engine of the pod's host. */
  readonly engine: docker.Provider;
  readonly nats: Provider;
  readonly meshNetwork: docker.Network;
  /** What must be done before this pod's files and server are touched. */
  readonly after: readonly pulumi.Resource[];
}

/** Added to the lame duck time before the engine kills a server that does not end. */
const stopMarginSeconds = 10;

/**
 * One territory's NATS server: its networks, its volumes, a loader that carries its files and never starts, and the
 * server. A changed file replaces the loader and is reloaded; only a setting that the server can't reload replaces
 * the server. The data volume outlives the stack.
 */
export class NatsPod extends pulumi.ComponentResource {
  readonly node: ServerNode;

  constructor(name: string, args: NatsPodArgs, options: pulumi.ComponentResourceOptions) {
    super("unityplan:nats:Pod", name, {}, options);
    const { pod } = args;
    const onEngine = { parent: this, provider: args.engine };
    const carried = filesOf(args);

    const network = new docker.Network(
      `${pod.id}-network`,
      { name: pod.podNetwork },
      { ...onEngine, deleteBeforeReplace: true, ignoreChanges: fixedByName },
    );
    const data = new docker.Volume(
      `${pod.id}-data`,
      { name: pod.dataVolume },
      { ...onEngine, protect: true, retainOnDelete: true, ignoreChanges: fixedByName },
    );
    const configuration = new docker.Volume(
      `${pod.id}-configuration`,
      { name: pod.configurationVolume },
      onEngine,
    );
    const loader = this.loader(args, carried, configuration);
    const server = this.server(args, { network, data, configuration, loader });

    this.node = new ServerNode(
      `${pod.id}-node`,
      {
        serverName: pod.serverName,
        url: clientUrl(pod),
        clusterAddress: clusterAddress(pod),
        certificate: args.leaf.certificatePem.apply(fingerprintOf),
        containerId: server.id,
        filesDigest: carried.digest,
      },
      { parent: this, provider: args.nats, dependsOn: [loader, server] },
    );
    this.registerOutputs({});
  }

  private loader(args: NatsPodArgs, carried: CarriedFiles, configuration: docker.Volume): docker.Container {
    return new docker.Container(
      `${args.pod.id}-loader`,
      {
        name: args.pod.loaderName,
        image: args.imageId,
        start: false,
        mustRun: false,
        networkMode: "none",
        volumes: [{ volumeName: configuration.name, containerPath: configurationFolder }],
        uploads: carried.uploads,
        labels: labelsOf(args.pod, {}),
      },
      { parent: this, provider: args.engine, deleteBeforeReplace: true, dependsOn: [...args.after] },
    );
  }

  private server(args: NatsPodArgs, on: ServerParts): docker.Container {
    const { pod, cluster } = args;
    const { published, listen } = pod;
    const stopSeconds = cluster.lameDuckDurationSeconds + stopMarginSeconds;
    return new docker.Container(
      `${pod.id}-server`,
      {
        name: pod.serverName,
        hostname: pod.serverName,
        image: args.imageId,
        command: ["--config", files.conf],
        restart: "unless-stopped",
        // Lame duck: hand leaderships over, then stop. https://docs.nats.io/running-a-nats-service/nats_admin/lame_duck_mode
        stopSignal: "SIGUSR2",
        stopTimeout: stopSeconds,
        destroyGraceSeconds: stopSeconds,
        networkMode: "bridge",
        networksAdvanced: [{ name: args.meshNetwork.name }, { name: on.network.name }],
        ports: [
          { internal: listen.clientPort, external: published.clientPort, ip: published.address },
          { internal: listen.clusterPort, external: published.clusterPort, ip: published.address },
          { internal: listen.monitorPort, external: published.monitorPort, ip: published.address },
        ],
        volumes: [
          { volumeName: on.data.name, containerPath: dataFolder },
          { volumeName: on.configuration.name, containerPath: configurationFolder, readOnly: true },
        ],
        logDriver: "json-file",
        logOpts: { "max-size": "10m", "max-file": "3" },
        labels: labelsOf(pod, { "org.unityplan.restart-digest": restartDigest(pod, cluster) }),
      },
      {
        parent: this,
        provider: args.engine,
        deleteBeforeReplace: true,
        dependsOn: [on.loader, ...args.after],
      },
    );
  }
}

interface ServerParts {
  readonly network: docker.Network;
  readonly data: docker.Volume;
  readonly configuration: docker.Volume;
  readonly loader: docker.Container;
}

interface CarriedFiles {
  readonly uploads: { file: string; content: pulumi.Output<string>; permissions: string }[];
  readonly digest: pulumi.Output<string>;
}

function filesOf(args: NatsPodArgs): CarriedFiles {
  const conf = args.systemUserPublicKey.apply((publicKey) => renderConf(args.pod, args.cluster, publicKey));
  const upload = (file: string, content: pulumi.Output<string>) => ({ file, content, permissions: "0600" });
  return {
    uploads: [
      upload(files.conf, conf),
      upload(files.authority, args.bundle),
      upload(files.certificate, args.leaf.certificatePem),
      upload(files.privateKey, args.leaf.privateKeyPem),
    ],
    // The certificate stands for its private key: a new key is a new certificate, and a digest of secrets is a secret.
    digest: pulumi.all([conf, args.bundle, args.leaf.certificatePem]).apply(digestOf),
  };
}

/** The engine knows these by their name; it can't change them, and replacing them would lose what hangs on them. */
const fixedByName = ["labels", "driver", "driverOpts", "options"];

function labelsOf(pod: PodPlan, more: Readonly<Record<string, string>>): { label: string; value: string }[] {
  const labels = { "org.unityplan.pod": pod.id, ...more };
  return Object.entries(labels).map(([label, value]) => ({ label, value }));
}
