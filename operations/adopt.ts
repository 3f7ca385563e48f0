import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClusterClient } from "../client/cluster-client.ts";
import { allowedIn } from "../model/jetstream/loss/consent.ts";
import { consumerName } from "../model/jetstream/names.ts";
import { ConfigurationError } from "../plan/config/faults.ts";
import type { Topology } from "../plan/topology.ts";
import { packageVersion } from "../toolchain/pulumi.ts";
import { STATE_FOLDER } from "../toolchain/state.ts";
import { adoptedSections, changedLines, fileToWrite } from "./adopt/configuration.ts";
import { isHandMade, networkIds, runningContainers } from "./adopt/containers.ts";
import { importFile } from "./adopt/import-file.ts";
import { beforeAdoption } from "./adopt/in-memory.ts";
import { type LiveStream, liveStreams } from "./adopt/live.ts";
import { lookAtMonitor, type SeenServer } from "./adopt/monitor.ts";
import { namedPods } from "./adopt/named-pods.ts";
import { type HandMadeCluster, judge, notesOn } from "./adopt/pods.ts";
import { nextCommands, serversScreen, streamsScreen } from "./adopt/report.ts";
import { type Fate, planStreams, type StreamsPlan } from "./adopt/streams.ts";
import { yesFlag } from "./cli/arguments.ts";
import { askBeforeStopping } from "./cli/before-stopping.ts";
import { Failure, runCommand } from "./cli/command.ts";
import { confirm } from "./cli/confirm.ts";
import { loseFlag, namesToLose } from "./cli/lose.ts";
import { stackFileName, topologyOf } from "./stack/plan.ts";
import { replaceFile } from "./stack/replace-file.ts";
import { projectFolder, Stack } from "./stack/stack.ts";
import { stackFileText } from "./stack-file/file.ts";
import type { StackFile } from "./stack-file/read.ts";
import { sectionsOf, withSections } from "./stack-file/sections.ts";

const usage = {
  command: "adopt",
  help:
    "Takes over a running cluster that was made by hand on this machine's Docker engine. The command looks at the cluster " +
    "and writes the stack's configuration and the file for `pulumi import`. It changes nothing on the servers. Streams in " +
    "memory are lost when the servers stop later: the command asks first, and `--yes` alone is no consent to that loss.",
  flags: [
    {
      name: "pods",
      argument: "PODS",
      help: "the container of each pod, if its name does not show the pod: dk=my-nats-1,no=my-nats-2,se=my-nats-3",
    },
    loseFlag,
    yesFlag,
  ],
};

/** How long the servers may take to report their streams. */
const patienceMs = 30_000;

await runCommand(usage, async ({ stack, given, values }) => {
  const yes = given.has("yes");
  const lose = namesToLose(values);
  await refuseStackThatIsUp(stack);
  const file = join(projectFolder, stackFileName(stack));
  const before = existsSync(file) ? stackFileText(file) : undefined;
  const read = fileToWrite(before, stack);
  const servers = await handMadeServers(namedPods(values.get("pods")));
  const judged = judge(servers, namedPods(values.get("pods")));
  if ("faults" in judged) throw refusal(stack, judged.faults);
  const { cluster } = judged;
  process.stdout.write(`${serversScreen(servers, cluster)}\n\n`);

  const live = await lookAtStreams(cluster);
  const first = planned(read, cluster, {}, stack);
  const plan = planStreams(live, first.topology, cluster.maxPayloadBytes);
  const faults = [...plan.faults, ...missingPods(read, cluster), ...notWhole(live)];
  if (faults.length > 0) throw refusal(stack, faults);
  const kept = withoutUnwritable(plan, (entries) => planned(read, cluster, entries, stack));
  const { text, topology } = planned(read, cluster, kept.entries, stack);
  process.stdout.write(`${streamsScreen(kept.fates, live, cluster)}\n`);
  const notes = notesOn(servers, cluster);
  if (notes.length > 0) process.stdout.write(`\n${notes.map((note) => `Warning: ${note}`).join("\n")}\n`);

  const stopping = beforeAdoption({ servers, consents: { lose, allowed: allowedIn(topology.streams) }, yes });
  await askBeforeStopping(stopping, stack);
  await writeConfiguration({ file, before, text, stack, yes });
  await (await Stack.open(stack, {})).create();
  const networks = await networkIds(networksOf(topology), process.env);
  const name = join(STATE_FOLDER, `adopt-${stack}.json`);
  mkdirSync(join(projectFolder, STATE_FOLDER), { recursive: true, mode: 0o700 });
  const urls = cluster.pods.map(({ url }) => url);
  const docker = packageVersion(projectFolder, "docker");
  writeFileSync(join(projectFolder, name), importFile(topology, kept.fates, urls, networks, docker));
  process.stdout.write(`\nWrote ${name}.\n\n${nextCommands(stack, name, servers, stopping.lost)}\n`);
  return 0;
});

/** The resources in the state belong to another cluster than the one that runs. */
async function refuseStackThatIsUp(name: string): Promise<void> {
  if (!existsSync(join(projectFolder, stackFileName(name)))) return;
  const stack = await openIfReadable(name);
  const resources = await stack?.resources().catch(() => []);
  if (resources === undefined || resources.length === 0) return;
  throw new Failure(
    `The stack ${name} already has ${resources.length} resources in its state, so it can't adopt a cluster. Give the name ` +
      "of another stack. If an adoption was interrupted, finish that adoption: docs/adoption.md.",
  );
}

/** A file with placeholders in it has never been up. */
async function openIfReadable(name: string): Promise<Stack | undefined> {
  try {
    return await Stack.open(name, {});
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

function refusal(stack: string, faults: readonly string[]): Failure {
  return new Failure(
    [
      `The running cluster can't be adopted as ${stack}. Nothing was written:`,
      ...faults.map((fault) => `  - ${fault}`),
    ].join("\n"),
  );
}

async function handMadeServers(named: ReadonlyMap<string, string>): Promise<SeenServer[]> {
  const all = await runningContainers(process.env);
  const missing = [...named.keys()].filter((name) => !all.some((container) => container.name === name));
  if (missing.length > 0)
    throw new Failure(`no container with the name ${missing.join(", ")} runs on this engine`);
  const candidates = all.filter((one) => (named.size > 0 ? named.has(one.name) : isHandMade(one)));
  const seen = await Promise.all(
    candidates.map(async (container) => ({ container, server: await lookAtMonitor(container) })),
  );
  const silent = seen.filter(({ server }) => server === undefined).map(({ container }) => container.name);
  if (silent.length > 0) {
    throw new Failure(
      `${silent.join(", ")} has no monitoring endpoint on a published port (--http_port, and a line in \`ports\`), so ` +
        "its settings can't be read. Add the endpoint. If the container is not part of the cluster, name the cluster's " +
        "containers with --pods.",
    );
  }
  if (seen.length > 0) return seen.flatMap(({ server }) => server ?? []);
  throw new Failure(
    "no container of nats-server that was made by hand runs on this engine. Start the cluster first",
  );
}

async function lookAtStreams({ pods }: HandMadeCluster): Promise<LiveStream[]> {
  const cluster = new ClusterClient({
    servers: pods.map(({ url }) => url),
    systemSeed: undefined,
    clientTls: "off",
  });
  try {
    return await liveStreams(cluster, Date.now() + patienceMs);
  } finally {
    await cluster.close();
  }
}

function planned(
  file: StackFile,
  cluster: HandMadeCluster,
  entries: StreamsPlan["entries"],
  stack: string,
): { readonly text: string; readonly topology: Topology } {
  const edited = withSections(file, adoptedSections(sectionsOf(file), cluster, entries));
  return { text: edited.text, topology: topologyOf(edited, stack) };
}

/** An entry that the configuration would not take is none: that stream stays as it is. */
function withoutUnwritable(
  plan: StreamsPlan,
  read: (entries: StreamsPlan["entries"]) => unknown,
): StreamsPlan {
  const entries: Record<string, StreamsPlan["entries"][string]> = {};
  const left = new Map<string, string>();
  for (const [name, entry] of Object.entries(plan.entries)) {
    try {
      read({ ...entries, [name]: entry });
      entries[name] = entry;
    } catch (error) {
      const known = plan.fates.some((fate) => fate.name === name && fate.kind === "known");
      if (!(error instanceof ConfigurationError) || known) throw error;
      left.set(name, error.faults.join("; "));
    }
  }
  const fates = plan.fates.map((fate): Fate => {
    const reason = left.get(consumerName.parse(fate.name)?.stream ?? fate.name);
    return reason === undefined ? fate : { ...fate, kind: "left", reason };
  });
  return { ...plan, entries, fates };
}

function missingPods(file: StackFile, cluster: HandMadeCluster): string[] {
  const { pods } = sectionsOf(file);
  const ids = Array.isArray(pods) ? (pods as readonly { id?: unknown }[]).map(({ id }) => String(id)) : [];
  return ids
    .filter((id) => !cluster.pods.some((pod) => pod.id === id))
    .map(
      (id) => `the pod ${id} of the configuration does not run: start the pod, or remove it from \`pods\``,
    );
}

function notWhole(live: readonly LiveStream[]): string[] {
  return live.flatMap(({ info }) => {
    const { name } = info.config;
    if (!info.cluster?.leader) return [`the stream ${name} has no leader`];
    const away = (info.cluster.replicas ?? []).filter(({ offline, current }) => offline === true || !current);
    return away.map(
      (replica) =>
        `the copy of ${name} on ${replica.name} is not current: wait until the copy is current, or start its server`,
    );
  });
}

function networksOf({ hosts, pods }: Topology): string[] {
  return [
    ...hosts.map(({ meshNetwork }) => meshNetwork ?? ""),
    ...pods.map(({ networks }) => networks?.pod ?? ""),
  ];
}

interface Writing {
  readonly file: string;
  readonly before: string | undefined;
  readonly text: string;
  readonly stack: string;
  readonly yes: boolean;
}

async function writeConfiguration({ file, before, text, stack, yes }: Writing): Promise<void> {
  if (before === text) return;
  if (before !== undefined) {
    process.stdout.write(`\nPulumi.${stack}.yaml:\n${changedLines(before, text).join("\n")}\n`);
    if (!yes) await confirm(`This changes Pulumi.${stack}.yaml as shown.`, stack);
    replaceFile(file, text);
  } else writeFileSync(file, text);
  process.stdout.write(`\nWrote Pulumi.${stack}.yaml.\n`);
}
