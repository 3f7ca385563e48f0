import { join } from "node:path";
import { type EngineFound, findEngine } from "./engine.ts";
import { findGo, type Go, goShortcoming } from "./go.ts";
import { hasImage } from "./image.ts";
import { findBuild, GO_MODULES } from "./modules.ts";
import { isNatsInstalled } from "./nats.ts";
import {
  CLI_PARTS,
  type CliPart,
  choosePlace,
  findPulumi,
  PLUGINS,
  type Place,
  type PluginName,
  type PulumiFound,
} from "./pulumi.ts";
import type { Report } from "./report.ts";

export type NatsName = "nats" | "nats-server";

/** What a command needs beside Pulumi. */
export type Wanted = {
  engine: boolean;
  /** Reference of the image, if one is needed. */
  image: string | undefined;
  nats: NatsName[];
  /** Those of `nats` that the command can do without where they can't be built. @default none */
  natsIfPossible?: NatsName[];
};

export type Setting = {
  report: Report;
  /** The project's folder. */
  project: string;
  /** The project's folder under the user's cache. */
  cache: string;
  env: NodeJS.ProcessEnv;
  /** Where the vendor keeps Pulumi's releases. */
  releases: string;
};

/** What is on this machine. */
export type Survey = {
  go: Go | undefined;
  pulumi: PulumiFound;
  nats: Partial<Record<NatsName, Place | undefined>>;
  /** Undefined if no engine is needed. */
  engine: EngineFound | undefined;
  hasImage: boolean;
};

/** Looks at everything that is needed; it changes nothing and is quick where all is there. */
export async function survey({ project, cache, env }: Setting, wanted: Wanted): Promise<Survey> {
  const go = await findGo(env);
  const natsPlace = async (name: NatsName): Promise<[NatsName, Place | undefined]> => {
    const built = findBuild(cache, join(project, "toolchain/go"), GO_MODULES[name], go);
    return [
      name,
      choosePlace({ installed: await isNatsInstalled(name, cache, env), downloaded: undefined, built }),
    ];
  };
  const lookAtEngine = async () => {
    const engine = wanted.engine ? await findEngine(env) : undefined;
    const host = engine && "endpoint" in engine ? engine.endpoint.host : undefined;
    return { engine, hasImage: !!(wanted.image && host && (await hasImage(wanted.image, host, env))) };
  };
  const [pulumi, nats, engine] = await Promise.all([
    findPulumi({ cache, env, go, project }),
    Promise.all(wanted.nats.map(natsPlace)),
    lookAtEngine(),
  ]);
  return { go, pulumi, nats: Object.fromEntries(nats), ...engine };
}

/** What is still to be made or fetched. */
export type Missing = {
  engine: boolean;
  image: boolean;
  cli: CliPart[];
  plugins: PluginName[];
  nats: NatsName[];
};

/** The programs that are done without: neither there nor to be built, and not needed. */
export function doneWithout({ go, nats }: Survey, { natsIfPossible = [] }: Wanted): NatsName[] {
  return goShortcoming(go) ? natsIfPossible.filter((name) => !nats[name]) : [];
}

export function whatIsMissing(found: Survey, wanted: Wanted): Missing {
  const spared = doneWithout(found, wanted);
  return {
    engine: wanted.engine && !(found.engine && "endpoint" in found.engine),
    image: wanted.image !== undefined && !found.hasImage,
    cli: CLI_PARTS.filter((name) => !found.pulumi.cli[name]),
    plugins: PLUGINS.filter((name) => !found.pulumi.plugins[name]),
    nats: wanted.nats.filter((name) => !found.nats[name] && !spared.includes(name)),
  };
}

/**
 * The folders of the programs that are not installed anyway, in the order of PATH. What Pulumi looks up by itself is not
 * among them: pulumi-home.ts.
 */
export function binFolders({ pulumi: { cli }, nats }: Survey): string[] {
  const host = cli["language-nodejs"]?.source === "built" ? undefined : cli["language-nodejs"];
  const places = [cli.pulumi, host, ...Object.values(nats)];
  return [...new Set(places.flatMap((place) => (place?.folder ? [place.folder] : [])))];
}
