import type { Access } from "../client/connection.ts";
import { type CheckFailure, type Properties, unknown } from "./resource.ts";

/** Inputs of the provider resource `pulumi:providers:nats`. */
export interface ProviderInputs {
  /** Client URLs, any of which will do: `nats://127.0.0.1:4222`. */
  readonly servers: readonly string[];
  /** Seed of the system account's NKey user; needed by `nats:server:*`. Secret. */
  readonly systemSeed?: string;
}

/** What the engine itself adds to a provider's inputs. */
const engineInputs = new Set(["version", "pluginDownloadURL", "__internal", "__pulumi-go-provider-infer"]);

export function checkConfiguration(news: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const servers = parsed(news.servers);
  if (servers !== unknown && !(Array.isArray(servers) && servers.length > 0)) {
    const reason = `${JSON.stringify(servers)} names no server; give at least one client URL, for example ["nats://127.0.0.1:4222"]`;
    failures.push({ property: "servers", reason });
  } else if (Array.isArray(servers)) {
    for (const server of servers) {
      if (server === unknown || (typeof server === "string" && /^nats:\/\/[^/\s@]+:\d+$/.test(server)))
        continue;
      const reason = `${JSON.stringify(server).replace(/:\/\/.*@/, "://***@")} is not a client URL; allowed is nats://HOST:PORT, for example "nats://127.0.0.1:4222"`;
      failures.push({ property: "servers", reason });
    }
  }
  const seed = news.systemSeed;
  if (
    seed !== undefined &&
    seed !== unknown &&
    !(typeof seed === "string" && /^SU[A-Z2-7]{56}$/.test(seed))
  ) {
    const reason =
      "is not the seed of an NKey user; it is 58 characters that begin with SU (its value is not shown)";
    failures.push({ property: "systemSeed", reason });
  }
  for (const key of Object.keys(news)) {
    if (key === "servers" || key === "systemSeed" || engineInputs.has(key)) continue;
    failures.push({ property: key, reason: "is unknown; allowed are servers and systemSeed" });
  }
  return failures;
}

/** @throws Error when a value is not known yet, which only a preview can bring about */
export function accessFrom(news: Properties): Access {
  const servers = parsed(news.servers);
  if (!Array.isArray(servers) || servers.includes(unknown) || news.systemSeed === unknown) {
    throw new Error("the provider's servers or credentials are not known before an update");
  }
  return { servers, systemSeed: news.systemSeed as string | undefined };
}

/** The engine hands a provider's structured values over as JSON text. */
function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
