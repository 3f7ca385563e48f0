import { askDocker, type DockerCall } from "../../client/docker.ts";
import { ownLabels } from "../../model/labels.ts";
import { lastLines } from "../../toolchain/run-program.ts";
import { Failure } from "../cli/command.ts";

/** A running container, as far as adoption goes by it. */
export interface SeenContainer {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly SeenMount[];
  /** By the network's name; the names under which others in it reach the container. */
  readonly networks: Readonly<Record<string, readonly string[]>>;
  readonly ports: readonly SeenPort[];
}

export interface SeenMount {
  readonly type: string;
  /** Of a volume; empty for a folder of the host. */
  readonly name: string;
  readonly destination: string;
}

export interface SeenPort {
  readonly inside: number;
  readonly outside: number;
  /** An address of the host; `0.0.0.0` and `::` are all of them. */
  readonly address: string;
}

/** What `docker inspect` says, only what is read here. https://docs.docker.com/reference/api/engine/version/v1.41/ */
interface Inspected {
  readonly Name: string;
  readonly Config: {
    readonly Image: string;
    readonly Entrypoint: readonly string[] | null;
    readonly Cmd: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>> | null;
  };
  readonly Mounts: readonly { Type: string; Name?: string; Destination: string }[];
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { Aliases: readonly string[] | null }>>;
    readonly Ports: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[] | null>>;
  };
}

export function seenIn(inspected: Inspected): SeenContainer {
  const { Name, Config, Mounts, NetworkSettings } = inspected;
  return {
    name: Name.replace(/^\//, ""),
    image: Config.Image,
    command: [...(Config.Entrypoint ?? []), ...(Config.Cmd ?? [])],
    labels: Config.Labels ?? {},
    mounts: Mounts.map(({ Type, Name: name = "", Destination }) => ({
      type: Type,
      name: Type === "volume" ? name : "",
      destination: Destination,
    })),
    networks: Object.fromEntries(
      Object.entries(NetworkSettings.Networks).map(([name, { Aliases }]) => [name, Aliases ?? []]),
    ),
    ports: Object.entries(NetworkSettings.Ports).flatMap(([inside, outside]) =>
      (outside ?? []).map(({ HostIp, HostPort }) => ({
        inside: Number.parseInt(inside, 10),
        outside: Number(HostPort),
        address: HostIp,
      })),
    ),
  };
}

/** Whether a person made the container by hand to run nats-server: a container of this program has a label of the program. */
export function isHandMade({ image, command, labels }: SeenContainer): boolean {
  if (ownLabels.some((name) => labels[name] !== undefined)) return false;
  const repository = image.split("@")[0]?.replace(/:[^:/]*$/, "") ?? "";
  return repository.split("/").at(-1) === "nats" || command.some((word) => /(^|\/)nats-server$/.test(word));
}

/** Every running container. @throws Failure with Docker's own words */
export async function runningContainers(env: NodeJS.ProcessEnv): Promise<SeenContainer[]> {
  const ids = (await docker(["container", "ls", "--quiet", "--no-trunc"], env)).split("\n").filter(Boolean);
  if (ids.length === 0) return [];
  // A container that has ended meanwhile is an error, and Docker still reports the other containers.
  const { stdout, output } = await askDocker({}, ["container", "inspect", ...ids], env);
  return inspectedIn(stdout, output).map(seenIn);
}

function inspectedIn(stdout: string, output: string): readonly Inspected[] {
  try {
    return JSON.parse(stdout) as Inspected[];
  } catch {
    throw new Failure(`docker container inspect failed:\n${lastLines(output)}`);
  }
}

/** The ids of the networks of these names that there are, by name. */
export async function networkIds(
  names: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyMap<string, string>> {
  const lines = await docker(["network", "ls", "--no-trunc", "--format", "{{.ID}} {{.Name}}"], env);
  const all = lines.split("\n").map((line) => line.split(" "));
  return new Map(all.flatMap(([id = "", name = ""]) => (names.includes(name) ? [[name, id]] : [])));
}

/** What this machine's engine answers. @throws Failure with Docker's own words */
async function docker(call: DockerCall, env: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, output } = await askDocker({}, call, env);
  if (code === 0) return stdout;
  throw new Failure(`docker ${call.slice(0, 2).join(" ")} failed:\n${output.trim()}`);
}
