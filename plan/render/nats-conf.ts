import { routePoolSize } from "../../model/routes.ts";
import type { ClientTls } from "../../model/tls/client-tls.ts";
import type { ClusterPlan, PodPlan } from "../topology.ts";
import { files } from "./files.ts";
import { restartSettings } from "./restart.ts";

/**
 * The nats.conf of one server, for nats-server 2.15: https://docs.nats.io/running-a-nats-service/configuration
 *
 * The accounts are the global account and the system account, and no other: only then does the server let
 * clients without credentials into the global account (`sysAccOnlyNoAuthUser` in its `server/server.go`).
 * @param systemUserPublicKey public NKey of the system account's only user
 */
export function renderConf(pod: PodPlan, cluster: ClusterPlan, systemUserPublicKey: string): string {
  const fixed = restartSettings(pod, cluster);
  return renderSection({
    server_name: fixed.serverName,
    server_tags: pod.tags,
    listen: fixed.clientListen,
    client_advertise: pod.clientAdvertise,
    http: fixed.monitorListen,
    tls: cluster.clientTls === "off" ? undefined : clientPortTls(cluster.clientTls),
    max_payload: cluster.maxPayloadBytes,
    lame_duck_duration: fixed.lameDuckDuration,
    lame_duck_grace_period: fixed.lameDuckGrace,
    jetstream: {
      store_dir: fixed.storeFolder,
      sync_interval: fixed.syncInterval,
      max_file_store: fixed.maxFileStoreBytes,
    },
    cluster: {
      name: fixed.clusterName,
      listen: fixed.clusterListen,
      advertise: pod.clusterAdvertise,
      routes: pod.routes,
      pool_size: routePoolSize,
      tls: clusterTls,
    },
    accounts: { [fixed.systemAccount]: { users: [{ nkey: systemUserPublicKey }] } },
    system_account: fixed.systemAccount,
  });
}

const tlsFiles = {
  cert_file: files.certificate,
  key_file: files.privateKey,
  ca_file: files.authority,
};

/** https://docs.nats.io/running-a-nats-service/configuration/securing_nats/tls */
function clientPortTls(clientTls: ClientTls): Section {
  return { ...tlsFiles, verify: clientTls === "required", min_version: "1.2", timeout: 5 };
}

const clusterTls: Section = {
  ...tlsFiles,
  verify: true,
  // A certificate of an application chains to the same CA, and must not be let in as a server.
  verify_cert_and_check_known_urls: true,
  // Only servers of this project dial here.
  min_version: "1.3",
  // The server's 2 seconds are short between countries.
  timeout: 5,
};

interface Section {
  readonly [key: string]: Value;
}
type Value = string | number | boolean | undefined | readonly Value[] | Section;

function renderSection(section: Section, indent = ""): string {
  return Object.entries(section)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${indent}${key}: ${renderValue(value, indent)}\n`)
    .join("");
}

function renderValue(value: Value, indent: string): string {
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object") return String(value);
  if (isList(value)) return `[${value.map((item) => renderValue(item, indent)).join(", ")}]`;
  return `{\n${renderSection(value, `${indent}  `)}${indent}}`;
}

function isList(value: readonly Value[] | Section): value is readonly Value[] {
  return Array.isArray(value);
}

/**
 * Every string is quoted: unquoted, `no` is a boolean and `$NAME` an environment variable. In double quotes the
 * server knows only the escapes \xXX, \t, \n, \r, \" and \\ (`lexStringEscape` in its `conf/lex.go`).
 */
function quote(text: string): string {
  const escaped = text.replace(/["\\]/g, "\\$&").replace(/[\p{Cc}]/gu, (control) => {
    const code = control.charCodeAt(0);
    // Above ASCII an escaped byte would not be UTF-8.
    return code < 128 ? `\\x${code.toString(16).padStart(2, "0")}` : control;
  });
  return `"${escaped}"`;
}
