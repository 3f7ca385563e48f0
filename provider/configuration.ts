import type { Access } from "../client/connection.ts";
import { type CheckFailure, type Properties, unknown } from "../model/contract/properties.ts";
import type { ProviderInputs } from "../model/contract/provider.ts";

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
      "is not the seed of an NKey user; a seed has 58 characters and begins with SU (the value is not shown)";
    failures.push({ property: "systemSeed", reason });
  }
  failures.push(...checkTls(news), ...checkVia(parsed(news.via)));
  for (const key of Object.keys(news)) {
    if (known.includes(key) || engineInputs.has(key)) continue;
    failures.push({ property: key, reason: `is unknown; allowed are ${known.join(", ")}` });
  }
  return failures;
}

/** All inputs of {@link ProviderInputs}, in the order in which messages list them. */
const known: readonly string[] = Object.keys({
  servers: true,
  systemSeed: true,
  clientTls: true,
  authorities: true,
  certificate: true,
  privateKey: true,
  via: true,
} satisfies Record<keyof ProviderInputs, true>);

/** All of these become an option or an argument of OpenSSH, which would misread other forms. */
const sshForms: Readonly<Record<string, { readonly form: RegExp; readonly allowed: string }>> = {
  address: { form: /^[\w][\w.:-]*$/, allowed: "an address" },
  user: { form: /^[A-Za-z_][\w.-]*$/, allowed: "a user" },
  hostKey: {
    form: /^[a-z][\w@.-]* [A-Za-z0-9+/]+={0,2}$/,
    allowed: 'a public key such as "ssh-ed25519 AAAA…"',
  },
  port: { form: /^[1-9]\d{0,4}$/, allowed: "a port" },
};

function checkVia(via: unknown): CheckFailure[] {
  if (via === undefined || via === unknown) return [];
  if (typeof via !== "object" || via === null || Array.isArray(via)) {
    return [{ property: "via", reason: "is not a map from a server's address to a host" }];
  }
  return Object.entries(via).flatMap(([address, host]) =>
    Object.entries(sshForms).flatMap(([key, { form, allowed }]) => {
      const value = (host as Readonly<Record<string, unknown>> | null)?.[key];
      if ((typeof value === "string" || typeof value === "number") && form.test(String(value))) return [];
      const reason = `${JSON.stringify(value)} is not allowed as ${key} of the host of ${address}; give ${allowed}`;
      return [{ property: "via", reason }];
    }),
  );
}

function checkTls({ clientTls, authorities, certificate, privateKey }: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (
    clientTls !== undefined &&
    clientTls !== unknown &&
    !["off", "on", "required"].includes(String(clientTls))
  ) {
    const reason = `${JSON.stringify(clientTls)} is not allowed; give "off", "on" or "required"`;
    failures.push({ property: "clientTls", reason });
  }
  if ((clientTls === "on" || clientTls === "required") && authorities === undefined) {
    failures.push({
      property: "authorities",
      reason: `is missing; give the PEM of the trusted CAs, because clientTls is ${JSON.stringify(clientTls)}`,
    });
  }
  if (clientTls === "required" && (certificate === undefined || privateKey === undefined)) {
    const reason = 'and privateKey are both needed, because clientTls is "required"';
    failures.push({ property: "certificate", reason });
  }
  return failures;
}

/** @throws Error when a value is not known yet, which only a preview can bring about */
export function accessFrom(news: Properties): Access {
  const servers = parsed(news.servers);
  if (!Array.isArray(servers) || servers.includes(unknown) || known.some((key) => news[key] === unknown)) {
    throw new Error("the provider's servers or credentials are not known before an update");
  }
  const { systemSeed, clientTls, authorities, certificate, privateKey } = news as Partial<ProviderInputs>;
  return {
    servers,
    systemSeed,
    clientTls: clientTls ?? "off",
    tls:
      authorities === undefined
        ? undefined
        : { caPem: authorities, certificatePem: certificate, privateKeyPem: privateKey },
    via: parsed(news.via) as ProviderInputs["via"],
  };
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
