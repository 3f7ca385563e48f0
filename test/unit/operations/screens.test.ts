import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { StackOutputs } from "../../../model/contract/stack-outputs.ts";
import { closingLine, readReport, type VitestReport } from "../../../operations/cli/test-report.ts";
import { contextsFor, foreignContexts, tlsFiles } from "../../../operations/contexts/plan.ts";
import { asPulumiGivesIt } from "../../../operations/stack/plan.ts";
import { withSalt } from "../../../operations/stack/stack-configuration.ts";
import { natsCommand, welcome } from "../../../operations/stack/welcome.ts";
import { readStackFile } from "../../../operations/stack-file/read.ts";

const outputs: StackOutputs = {
  clusterName: "unityplan-global",
  pods: {
    dk: {
      serverName: "service-nats-dk",
      clientUrl: "nats://127.0.0.1:4222",
      clusterAddress: "127.0.0.1:6222",
      monitorUrl: "http://127.0.0.1:8222",
      dataVolume: "unityplan-nats-dk-data",
      certificateExpires: "2027-11-23T12:44:31.897459134Z",
    },
  },
  streams: ["GLOBAL_EVENTS"],
  consumers: ["GLOBAL_EVENTS/global-processor"],
  systemSeed: "SUSECRET",
  caCertificate: "CA PEM",
  clientTls: "off",
  clientCertificates: {},
  operatorCertificate: { certificate: "OPERATOR PEM", privateKey: "OPERATOR KEY" },
};

describe("the last screen of up", () => {
  it("tells what runs where and what to try next, and no secret", () => {
    const text = welcome("dev", outputs, "nats");
    expect(text).toMatchInlineSnapshot(`
      "POD  CLIENTS                MONITOR                CERTIFICATE UNTIL
      dk   nats://127.0.0.1:4222  http://127.0.0.1:8222  2027-11-23

      Streams    GLOBAL_EVENTS
      Consumers  GLOBAL_EVENTS/global-processor

      Try next:
        npm run status        what every server and stream is doing
        npm run contexts      contexts dk for the nats CLI
        nats --server nats://127.0.0.1:4222 stream ls
        nats --server nats://127.0.0.1:4222 pub --jetstream global.user.registered '{"id": 1}'
        npm run down          takes the stack down; the data stays"
    `);
    expect(text).not.toContain("SUSECRET");
    expect(welcome("prod", outputs, "nats")).toContain("npm run status -- prod");
  });

  it("says of servers behind hosts from where their addresses are good", () => {
    const ssh = { address: "45.123.45.67", port: 22, user: "root", hostKey: "", identityFile: undefined };
    const text = welcome("prod", outputs, "nats", { "127.0.0.1": ssh });
    expect(text).toContain(
      "The addresses of dk are for programs on the hosts. On this machine, `npm run` commands go through SSH.",
    );
    expect(text).toContain("npm run --silent nats -- --context dk stream ls");
    expect(welcome("prod", outputs, "nats")).not.toContain("SSH");
  });

  it.each(["on", "required"] as const)(
    "goes by the context where client TLS is %s, and shows no key",
    (clientTls) => {
      const text = welcome("dev", { ...outputs, clientTls }, "npm run --silent nats --");
      expect(text.split("\n").filter((line) => line.includes("nats --"))).toEqual([
        "  npm run --silent nats -- --context dk stream ls",
        `  npm run --silent nats -- --context dk pub --jetstream global.user.registered '{"id": 1}'`,
      ]);
      expect(text).toContain("dk   nats://127.0.0.1:4222  http://127.0.0.1:8222  2027-11-23");
      for (const secret of ["SUSECRET", "OPERATOR"]) expect(text).not.toContain(secret);
    },
  );
});

describe("contexts of the nats CLI", () => {
  it("are one a pod, named by its id, with that pod's server alone", () => {
    expect([...contextsFor("dev", outputs, (file) => `/certificates/${file}`)]).toEqual([
      [
        "dk",
        {
          description: "unityplan-nats, stack dev: pod dk of unityplan-global",
          url: "nats://127.0.0.1:4222",
        },
      ],
    ]);
  });

  it.each([
    ["off", {}, []],
    ["on", { ca: "/certificates/ca.pem" }, ["ca.pem"]],
    [
      "required",
      {
        ca: "/certificates/ca.pem",
        cert: "/certificates/operator.pem",
        key: "/certificates/operator-key.pem",
      },
      ["ca.pem", "operator.pem", "operator-key.pem"],
    ],
  ] as const)(
    "have the files of client TLS that is %s, and no other one is written",
    (clientTls, paths, names) => {
      const speaking = { ...outputs, clientTls };
      const context = contextsFor("dev", speaking, (file) => `/certificates/${file}`).get("dk");
      const { description: _, url, ...files } = context ?? { description: "", url: "" };
      expect(url).toBe("nats://127.0.0.1:4222");
      expect(files).toEqual(paths);
      expect([...tlsFiles(speaking).keys()]).toEqual(names);
    },
  );

  it("have what stands in those files, and the key in its own alone", () => {
    expect(Object.fromEntries(tlsFiles({ ...outputs, clientTls: "required" }))).toEqual({
      "ca.pem": "CA PEM",
      "operator.pem": "OPERATOR PEM",
      "operator-key.pem": "OPERATOR KEY",
    });
    const contexts = contextsFor("dev", { ...outputs, clientTls: "required" }, (file) => file);
    expect(JSON.stringify([...contexts])).not.toMatch(/OPERATOR|CA PEM|SUSECRET/);
  });

  it("of another stack or another program are not overwritten", () => {
    const contexts = contextsFor("dev", outputs, (file) => `/certificates/${file}`);
    const found = (description: string) => () => ({ description, url: "nats://elsewhere:4222" });
    expect(foreignContexts(contexts, "dev", () => undefined)).toEqual([]);
    expect(foreignContexts(contexts, "dev", found("unityplan-nats, stack dev: pod dk of old"))).toEqual([]);
    expect(foreignContexts(contexts, "dev", found("unityplan-nats, stack prod: pod dk"))).toEqual(["dk"]);
    expect(foreignContexts(contexts, "dev", found("Pod Denmark"))).toEqual(["dk"]);
  });
});

describe("the nats CLI", () => {
  it("is called by its name where it is on a person's own PATH, else through the project", () => {
    expect(natsCommand("/usr/local/bin/nats", "/usr/bin:/usr/local/bin")).toBe("nats");
    expect(natsCommand("/cache/tools/nats-1/nats", "/usr/bin:/usr/local/bin")).toBe(
      "npm run --silent nats --",
    );
    expect(natsCommand(undefined, "/usr/bin")).toBe("npm run --silent nats --");
  });
});

describe("the configuration file of a made-up passphrase", () => {
  it("is the tracked one with the salt of before", () => {
    expect(withSalt("config: {}\n", "")).toBe("config: {}\n");
    expect(withSalt("config: {}\n", "config: old\nencryptionsalt: v1:abc=\n")).toBe(
      "config: {}\nencryptionsalt: v1:abc=\n",
    );
  });

  it("never has the salt of somebody else's passphrase", () => {
    const tracked = "config: {}\nencryptionsalt: v1:theirs=\n";
    expect(withSalt(tracked, "")).toBe("config: {}\n");
    expect(withSalt(tracked, "encryptionsalt: v1:mine=\n")).toBe("config: {}\nencryptionsalt: v1:mine=\n");
  });

  it("is not needed for the tracked file of the dev stack, which has no salt", () => {
    const tracked = readFileSync(join(import.meta.dirname, "../../../Pulumi.dev.yaml"), "utf8");
    expect(tracked).not.toContain("encryptionsalt");
  });
});

describe("a configuration that is read without Pulumi", () => {
  it("is what Pulumi hands to a program: structured values as JSON text", () => {
    const text = 'config:\n  a:pods:\n    - { id: "no", clientPort: 4223 }\n  a:rollout: rolling\n';
    expect(asPulumiGivesIt(readStackFile(text, "Pulumi.dev.yaml").config)).toEqual({
      "a:pods": '[{"clientPort":4223,"id":"no"}]',
      "a:rollout": "rolling",
    });
    expect(asPulumiGivesIt({})).toEqual({});
  });
});

describe("the closing line of a test run", () => {
  const passing = { status: "passed", assertionResults: [{ status: "passed" }] };
  const report = (fields: Partial<VitestReport>): VitestReport => ({
    numPassedTests: 1,
    numFailedTests: 0,
    numPendingTests: 0,
    testResults: [passing],
    ...fields,
  });

  it("counts what the report counts", () => {
    expect(closingLine(report({ numPassedTests: 12 }), 0)).toEqual({
      line: "12 passed, 0 failed",
      passed: true,
    });
    expect(closingLine(report({ numPassedTests: 3, numFailedTests: 2 }), 1).line).toBe("3 passed, 2 failed");
    expect(closingLine(report({ numPendingTests: 1 }), 0).line).toBe("1 passed, 0 failed, 1 skipped");
  });

  it("counts each file that could not be loaded, and whose hook threw, as a failure", () => {
    const broken = { status: "failed", assertionResults: [] };
    const hook = { status: "failed", assertionResults: [{ status: "passed" }] };
    const failing = { status: "failed", assertionResults: [{ status: "failed" }] };
    const testResults = [passing, broken, hook, failing];
    expect(closingLine(report({ numFailedTests: 1, testResults }), 1).line).toBe("1 passed, 3 failed");
  });

  it("is a failure when the runner failed for another reason, when nothing ran, and when there is no report", () => {
    expect(closingLine(report({}), 1)).toEqual({ line: "1 passed, 1 failed", passed: false });
    expect(closingLine(report({ numPassedTests: 0 }), 0)).toEqual({
      line: "0 passed, 1 failed",
      passed: false,
    });
    expect(closingLine(undefined, 0)).toEqual({ line: "0 passed, 1 failed", passed: false });
    expect(readReport(join(tmpdir(), "there-is-no-such-report.json"))).toBeUndefined();
  });
});
