import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataFolder, files } from "../../../../plan/render/files.ts";
import { renderConf } from "../../../../plan/render/nats-conf.ts";
import type { ClusterPlan, PodPlan } from "../../../../plan/topology.ts";
import { plan } from "../../../support/configuration.ts";
import { loopbackCertificate, natsServerBinary, ServerFolder } from "../../../support/rendered.ts";

const key = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4";

function first(topology = plan()): { pod: PodPlan; cluster: ClusterPlan } {
  const [pod] = topology.pods;
  if (pod === undefined) throw new Error("no pod");
  return { pod, cluster: topology.cluster };
}

describe("the nats.conf of a pod", () => {
  it("has everything that the server needs, each string quoted", () => {
    const { pod, cluster } = first();
    expect(renderConf(pod, cluster, key)).toMatchInlineSnapshot(`
      "server_name: "service-nats-dk"
      server_tags: ["pod:dk"]
      listen: "0.0.0.0:4222"
      client_advertise: "127.0.0.1:4222"
      http: "0.0.0.0:8222"
      max_payload: 8388608
      lame_duck_duration: "30s"
      lame_duck_grace_period: "1s"
      jetstream: {
        store_dir: "/data"
        sync_interval: "always"
      }
      cluster: {
        name: "unityplan-global"
        listen: "0.0.0.0:6222"
        advertise: "service-nats-dk:6222"
        routes: ["nats://service-nats-no:6222", "nats://service-nats-se:6222"]
        pool_size: 3
        tls: {
          cert_file: "/etc/nats/tls/server-cert.pem"
          key_file: "/etc/nats/tls/server-key.pem"
          ca_file: "/etc/nats/tls/ca.pem"
          verify: true
          verify_cert_and_check_known_urls: true
          min_version: "1.3"
          timeout: 5
        }
      }
      accounts: {
        SYS: {
          users: [{
            nkey: "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"
          }]
        }
      }
      system_account: "SYS"
      "
    `);
  });

  it("has what the stack chose otherwise", () => {
    const { pod, cluster } = first(
      plan({
        cluster: {
          name: "other",
          resourcePrefix: "t-",
          maxPayload: "1MB",
          durability: "2m",
          lameDuckDuration: "1m",
          lameDuckGrace: "500ms",
          maxFileStore: "10GB",
        },
      }),
    );
    expect(renderConf(pod, cluster, key)).toMatchInlineSnapshot(`
      "server_name: "t-service-nats-dk"
      server_tags: ["pod:dk"]
      listen: "0.0.0.0:4222"
      client_advertise: "127.0.0.1:4222"
      http: "0.0.0.0:8222"
      max_payload: 1048576
      lame_duck_duration: "60s"
      lame_duck_grace_period: "500ms"
      jetstream: {
        store_dir: "/data"
        sync_interval: "120s"
        max_file_store: 10737418240
      }
      cluster: {
        name: "other"
        listen: "0.0.0.0:6222"
        advertise: "t-service-nats-dk:6222"
        routes: ["nats://t-service-nats-no:6222", "nats://t-service-nats-se:6222"]
        pool_size: 3
        tls: {
          cert_file: "/etc/nats/tls/server-cert.pem"
          key_file: "/etc/nats/tls/server-key.pem"
          ca_file: "/etc/nats/tls/ca.pem"
          verify: true
          verify_cert_and_check_known_urls: true
          min_version: "1.3"
          timeout: 5
        }
      }
      accounts: {
        SYS: {
          users: [{
            nkey: "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"
          }]
        }
      }
      system_account: "SYS"
      "
    `);
  });
});

describe("a real server", () => {
  const folder = new ServerFolder();
  beforeAll(() => folder.writePems(loopbackCertificate()));
  afterAll(() => folder.remove());

  /** What the server says of a file, and the digest of what it read in it. */
  function check(conf: string): { said: string; digest: string | undefined } {
    const path = folder.write(conf);
    const { stdout, stderr, status } = spawnSync(natsServerBinary(), ["-t", "-c", path], {
      encoding: "utf8",
    });
    const said = stdout + stderr;
    return { said, digest: status === 0 ? /\(sha256:([0-9a-f]+)\)/.exec(said)?.[1] : undefined };
  }

  it.each([
    {},
    { cluster: { durability: "2m", maxFileStore: "10GB", lameDuckGrace: "0s", resourcePrefix: "t-" } },
    {
      hosts: { local: { publishAddress: "192.168.60.133" } },
      cluster: { acceptAnonymousRemoteClients: true },
    },
  ])("takes the file of each pod: %j", (sections) => {
    const { pods, cluster } = plan(sections);
    for (const pod of pods) {
      expect(check(renderConf(pod, cluster, key)).said).toContain("is valid");
    }
  });

  it("reads back what was meant, whatever stands in the strings", () => {
    const { pod, cluster } = first();
    const hostile = [
      '"',
      "\\",
      "\\x41",
      '" }\nport: 1\n#',
      "$HOME",
      "$2a$11",
      "\t\r\n\0\u007f\u0085",
      "no",
      "1k",
      "# //",
      "(",
      "é🙂",
    ];
    const text = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 8 }), (tags) => {
        expect(check(renderConf({ ...pod, tags }, cluster, key)).digest).toBe(digestOf(meant(pod, tags)));
      }),
      { numRuns: 30, examples: [[hostile]] },
    );
  });

  it("refuses a file whose certificate is not there, so that the check above means something", () => {
    const { pod, cluster } = first();
    const conf = renderConf(pod, cluster, key).replace("server-cert.pem", "missing.pem");
    expect(check(conf)).toEqual({ said: expect.stringContaining("missing.pem"), digest: undefined });
  });

  /** The dev stack's file for dk, as the server's parser should see it. */
  function meant(pod: PodPlan, tags: readonly string[]): object {
    return {
      server_name: pod.serverName,
      server_tags: tags,
      listen: "0.0.0.0:4222",
      client_advertise: pod.clientAdvertise,
      http: "0.0.0.0:8222",
      max_payload: 8_388_608,
      lame_duck_duration: "30s",
      lame_duck_grace_period: "1s",
      jetstream: { store_dir: folder.placed(dataFolder), sync_interval: "always" },
      cluster: {
        name: "unityplan-global",
        listen: "0.0.0.0:6222",
        advertise: pod.clusterAdvertise,
        routes: pod.routes,
        pool_size: 3,
        tls: {
          cert_file: folder.placed(files.certificate),
          key_file: folder.placed(files.privateKey),
          ca_file: folder.placed(files.authority),
          verify: true,
          verify_cert_and_check_known_urls: true,
          min_version: "1.3",
          timeout: 5,
        },
      },
      accounts: { SYS: { users: [{ nkey: key }] } },
      system_account: "SYS",
    };
  }
});

/** The server's digest of a file: what it read, as Go writes JSON (keys sorted, a few letters escaped). */
function digestOf(read: object): string {
  const sorted = JSON.stringify(read, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
  const escaped = sorted.replace(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return createHash("sha256").update(`${escaped}\n`).digest("hex");
}
