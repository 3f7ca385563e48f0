import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { labelNames } from "../../model/labels.ts";
import { componentTypes } from "../../model/resource-types.ts";
import { digestOf } from "../../plan/digest.ts";
import { clientUrl, clusterAddress } from "../../plan/endpoints.ts";
import { type DeployedContainer, fromImage, memorySwapOf } from "../../plan/render/container-defaults.ts";
import { configurationFolder, dataFolder, files } from "../../plan/render/files.ts";
import { renderConf } from "../../plan/render/nats-conf.ts";
import { serverContainer, startDigest } from "../../plan/render/server-container.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import type { ClusterPlan, PodPlan } from "../../plan/topology.ts";
import { chosenByEngine } from "../host/chosen-by-engine.ts";
import type { Leaf } from "../tls/leaf.ts";
import type { Provider } from "./provider.ts";
import { ServerNode } from "./server.ts";

export interface NatsPodArgs {
  readonly pod: PodPlan;
  readonly cluster: ClusterPlan;
  readonly imageId: pulumi.Input<string>;
  /** PEM of the CAs that the server trusts, and their fingerprints. */
  readonly bundle: pulumi.Output<string>;
  readonly trusted: readonly pulumi.Output<string>[];
  readonly leaf: Leaf;
  /** Fingerprint of the CA that issued the leaf. */
  readonly issuer: pulumi.Output<string>;
  readonly systemUserPublicKey: pulumi.Output<string>;
  /** The engine of the pod's host. */
  readonly engine: docker.Provider;
  readonly nats: Provider;
  /** By name, what the deployed containers got of their engines and images. */
  readonly containerDefaults: ReadonlyMap<string, DeployedContainer>;
  /** undefined: the server is in the host's own network. */
  readonly meshNetwork: docker.Network | undefined;
  /** What must be done before anything is put on the engine. */
  readonly hostReady: readonly pulumi.Resource[];
  /** What must be done before this pod's files and server are touched. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * One territory's NATS server: its networks, its volumes, a loader that carries its files and never starts, and the
 * server. A changed file replaces the loader and is reloaded; only a setting that the server can't reload replaces
 * the server. The data volume outlives the stack.
 */
export class NatsPod extends pulumi.ComponentResource {
  readonly node: ServerNode;
  /** Changes with the container or any file of it, whether or not the server has them yet. */
  readonly revision: pulumi.Output<string>;
  readonly serverName: string;

  constructor(name: string, args: NatsPodArgs, options: pulumi.ComponentResourceOptions) {
    super(componentTypes.pod, name, {}, options);
    const { pod } = args;
    this.serverName = pod.serverName;
    const onEngine = { parent: this, provider: args.engine, dependsOn: [...args.hostReady] };
    const carried = filesOf(args);

    const network =
      pod.networks === undefined
        ? undefined
        : new docker.Network(
            resourceNames.podNetwork.of(pod.id),
            { name: pod.networks.pod },
            { ...onEngine, deleteBeforeReplace: true, ignoreChanges: chosenByEngine.network },
          );
    const data = new docker.Volume(
      resourceNames.dataVolume.of(pod.id),
      { name: pod.dataVolume },
      { ...onEngine, protect: true, retainOnDelete: true, ignoreChanges: chosenByEngine.volume },
    );
    const configuration = new docker.Volume(
      resourceNames.configurationVolume.of(pod.id),
      { name: pod.configurationVolume },
      { ...onEngine, ignoreChanges: chosenByEngine.volume },
    );
    const loader = this.loader(args, carried, configuration);
    const server = this.server(args, { network, data, configuration, loader });

    this.node = new ServerNode(
      resourceNames.node.of(pod.id),
      {
        serverName: pod.serverName,
        url: clientUrl(pod),
        clusterAddress: clusterAddress(pod),
        certificate: args.leaf.fingerprint,
        clientTls: args.cluster.clientTls,
        issuer: args.issuer,
        trusted: [...args.trusted],
        containerId: server.id,
        startDigest: startDigest(serverContainer(pod, args.cluster)),
        filesDigest: carried.digest,
      },
      { parent: this, provider: args.nats, dependsOn: [loader, server] },
    );
    this.revision = pulumi.interpolate`${server.id} ${carried.digest}`;
    this.registerOutputs({});
  }

  private loader(args: NatsPodArgs, carried: CarriedFiles, configuration: docker.Volume): docker.Container {
    return new docker.Container(
      resourceNames.loader.of(args.pod.id),
      {
        name: args.pod.loaderName,
        image: args.imageId,
        ...this.fromImage(args.pod.loaderName, args),
        start: false,
        mustRun: false,
        networkMode: "none",
        volumes: [{ volumeName: configuration.name, containerPath: configurationFolder }],
        uploads: carried.uploads,
        labels: labels({ [labelNames.pod]: args.pod.id }),
      },
      {
        parent: this,
        provider: args.engine,
        deleteBeforeReplace: true,
        ignoreChanges: chosenByEngine.container,
        dependsOn: [...args.after],
      },
    );
  }

  private server(args: NatsPodArgs, on: ServerParts): docker.Container {
    const plan = serverContainer(args.pod, args.cluster);
    return new docker.Container(
      resourceNames.server.of(args.pod.id),
      {
        name: plan.name,
        hostname: plan.name,
        image: args.imageId,
        ...this.fromImage(plan.name, args),
        command: [...plan.command],
        restart: plan.restart,
        stopSignal: plan.stopSignal,
        stopTimeout: plan.stopTimeoutSeconds,
        destroyGraceSeconds: plan.stopTimeoutSeconds,
        networkMode: plan.networkMode,
        networksAdvanced: [args.meshNetwork, on.network].flatMap((network) =>
          network === undefined ? [] : [{ name: network.name }],
        ),
        ports: plan.ports.map((port) => ({ ...port })),
        volumes: [
          { volumeName: on.data.name, containerPath: dataFolder },
          { volumeName: on.configuration.name, containerPath: configurationFolder, readOnly: true },
        ],
        ...(plan.memory === undefined
          ? {}
          : {
              memory: plan.memory.megabytes,
              memorySwap: memorySwapOf(plan.memory, args.containerDefaults.get(plan.name)),
              envs: [plan.memory.environment],
            }),
        logDriver: plan.logDriver,
        logOpts: plan.logOpts,
        labels: labels(plan.labels),
      },
      {
        parent: this,
        provider: args.engine,
        deleteBeforeReplace: true,
        ignoreChanges: chosenByEngine.container,
        dependsOn: [on.loader, ...args.after],
      },
    );
  }

  private fromImage(container: string, { imageId, containerDefaults }: NatsPodArgs) {
    const taken = pulumi.output(imageId).apply((image) => fromImage(image, containerDefaults.get(container)));
    return { user: taken.user, workingDir: taken.workingDir } as FromImage;
  }
}

type FromImage = Pick<docker.ContainerArgs, "user" | "workingDir">;

interface ServerParts {
  readonly network: docker.Network | undefined;
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

function labels(texts: Readonly<Record<string, string>>): { label: string; value: string }[] {
  return Object.entries(texts).map(([label, value]) => ({ label, value }));
}
