import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contextsFor, foreign } from "../../../operations/contexts/plan.ts";
import type { StackOutputs } from "../../../operations/stack.ts";
import { localConfiguration, withSalt } from "../../../operations/stack-configuration.ts";
import { closingLine } from "../../../operations/test/report.ts";
import { welcome } from "../../../operations/welcome.ts";

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
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "unityplan-unit-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the last screen of up", () => {
  it("tells what runs where and what to try next, and no secret", () => {
    const text = welcome("dev", outputs);
    expect(text).toMatchInlineSnapshot(`
      "POD  CLIENTS                MONITOR                CERTIFICATE UNTIL
      dk   nats://127.0.0.1:4222  http://127.0.0.1:8222  2027-11-23

      Streams    GLOBAL_EVENTS
      Consumers  GLOBAL_EVENTS/global-processor

      Try next:
        npm run status        what every server and stream is doing
        npm run contexts      contexts dk for the nats CLI
        nats --server nats://127.0.0.1:4222 pub global.user.registered '{"id": 1}'
        npm run down          takes it down again; the data stays"
    `);
    expect(text).not.toContain("SUSECRET");
    expect(welcome("prod", outputs)).toContain("npm run status -- prod");
  });
});

describe("contexts of the nats CLI", () => {
  it("are one a pod, named by its id, with that pod's server alone", () => {
    expect([...contextsFor("dev", outputs)]).toEqual([
      [
        "dk",
        {
          description: "unityplan-nats, stack dev: pod dk of unityplan-global",
          url: "nats://127.0.0.1:4222",
        },
      ],
    ]);
  });

  it("of another stack or another program are not overwritten", () => {
    const contexts = contextsFor("dev", outputs);
    const found = (description: string) => () => ({ description, url: "nats://elsewhere:4222" });
    expect(foreign(contexts, "dev", () => undefined)).toEqual([]);
    expect(foreign(contexts, "dev", found("unityplan-nats, stack dev: pod dk of old"))).toEqual([]);
    expect(foreign(contexts, "dev", found("unityplan-nats, stack prod: pod dk"))).toEqual(["dk"]);
    expect(foreign(contexts, "dev", found("Pod Denmark"))).toEqual(["dk"]);
  });
});

describe("the configuration file of a made-up passphrase", () => {
  it("is the tracked one with the salt of before", () => {
    expect(withSalt("config: {}\n", "")).toBe("config: {}\n");
    expect(withSalt("config: {}\n", "config: old\nencryptionsalt: v1:abc=\n")).toBe(
      "config: {}\nencryptionsalt: v1:abc=\n",
    );
  });

  it("is the tracked one itself where that has a salt", () => {
    writeFileSync(join(folder, "Pulumi.dev.yaml"), "encryptionsalt: v1:mine=\nconfig: {}\n");
    expect(localConfiguration(folder, folder, "dev")).toBeUndefined();
  });
});

describe("the closing line of a test run", () => {
  const report = (fields: object) => {
    const file = join(folder, "report.json");
    writeFileSync(
      file,
      JSON.stringify({
        numPassedTests: 0,
        numFailedTests: 0,
        numPendingTests: 0,
        numFailedTestSuites: 0,
        ...fields,
      }),
    );
    return closingLine(file);
  };

  it("counts what the report counts", () => {
    expect(report({ numPassedTests: 12, success: true })).toEqual({
      line: "12 passed, 0 failed",
      passed: true,
    });
    expect(report({ numPassedTests: 3, numFailedTests: 2, success: false }).line).toBe("3 passed, 2 failed");
    expect(report({ numPassedTests: 3, numPendingTests: 1, success: true }).line).toBe(
      "3 passed, 0 failed, 1 skipped",
    );
  });

  it("is a failure when a file could not be loaded, when nothing ran, and when there is no report", () => {
    expect(report({ numPassedTests: 3, numFailedTestSuites: 1, success: false })).toEqual({
      line: "3 passed, 1 failed",
      passed: false,
    });
    expect(report({ success: true }).passed).toBe(false);
    expect(closingLine(join(folder, "nothing.json"))).toEqual({ line: "0 passed, 1 failed", passed: false });
  });
});
