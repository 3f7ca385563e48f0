import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { GO_MODULES } from "../../../toolchain/modules.ts";
import { builtParts } from "../../../toolchain/pulumi-home.ts";
import { createReport } from "../../../toolchain/report.ts";
import { complete } from "../../../toolchain/setup.ts";
import { binFolders, type Setting } from "../../../toolchain/survey.ts";
import { pathWith, put, putScript, temporaryFolder } from "./support.ts";

const pulumiOnly = { engine: false, image: undefined, nats: [] };
const NOWHERE = "http://127.0.0.1:1";

/** What each program must say to be taken for working. */
const SAYS = {
  pulumi: "v3.259.0",
  "language-nodejs": "-tracing",
  docker: "5.2.0",
  tls: "5.6.1",
  command: "-tracing",
};

/** A machine with a stand-in for Go, and modules that "build" in no time. */
function machine(goVersion: string, releases = NOWHERE) {
  const project = temporaryFolder();
  for (const [name, says] of Object.entries(SAYS)) {
    const { program } = GO_MODULES[name as keyof typeof SAYS];
    put(
      join(project, "toolchain/go", name, "build.sh"),
      `echo ${name} >> ${project}/built; printf '#!/bin/sh\\necho "%s"\\n' '${says}' > "$1/${program}"; chmod +x "$1/${program}"`,
    );
    put(join(project, "node_modules/@pulumi", name, "package.json"), '{"version":"1.2.3"}');
  }
  putScript(join(project, "bin/go"), `echo go version go${goVersion} linux/amd64`);
  const lines: string[] = [];
  const report = createReport({ write: (text) => lines.push(text) });
  const setting: Setting = {
    report,
    project,
    cache: join(project, "cache"),
    env: pathWith(join(project, "bin")),
    releases,
  };
  return {
    project,
    setting,
    lines,
    built: () => readFileSync(join(project, "built"), "utf8").trim().split("\n"),
  };
}

/** A vendor that has the list of checksums but not the archive. */
async function halfAVendor(): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(request.url?.endsWith("checksums.txt") ? 200 : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("bringing what is missing", () => {
  it("builds everything where the vendor does not answer, and nothing the second time", async () => {
    const { setting, lines, built } = machine("1.26.8");
    const found = await complete(setting, pulumiOnly);
    expect(built()).toEqual(["pulumi", "language-nodejs", "docker", "tls", "command"]);
    expect(binFolders(found)).toHaveLength(1);
    expect(builtParts(found.pulumi)).toHaveLength(4);
    expect(lines[0]).toMatch(/^\[1\/5\] building pulumi from Go modules/);
    lines.length = 0;
    await complete(setting, pulumiOnly);
    expect(built()).toHaveLength(5);
    expect(lines).toEqual([]);
  });

  it("builds what could not be downloaded, and says why", async () => {
    const { setting, lines, built } = machine("1.26.8", await halfAVendor());
    await complete(setting, pulumiOnly);
    expect(built()).toHaveLength(5);
    expect(lines.join("")).toMatch(
      /downloading Pulumi 3\.259\.0: failed after[\s\S]*does not name pulumi-v3\.259\.0[\s\S]*built from Go modules instead/,
    );
  });

  it("refuses a Go that is too old before anything is done, naming all that needs it", async () => {
    const { project, setting, lines } = machine("1.22.1");
    await expect(complete(setting, pulumiOnly)).rejects.toThrow(
      "Go 1.26 or newer is needed to build pulumi, pulumi-language-nodejs, pulumi-resource-docker, " +
        "pulumi-resource-tls, pulumi-resource-command, and the Go on this machine is 1.22.1",
    );
    expect(existsSync(join(project, "built"))).toBe(false);
    expect(lines).toEqual([]);
  });

  it("goes on without a `nats` that is not needed and can't be built, and says so in a line", async () => {
    const { setting, lines } = machine("1.26.8");
    put(join(setting.project, "toolchain/go/nats/build.sh"), "exit 1");
    await complete(setting, pulumiOnly);
    putScript(join(setting.project, "bin/go"), "echo go version go1.22.1 linux/amd64");
    lines.length = 0;
    await complete(setting, { ...pulumiOnly, nats: ["nats"], natsIfPossible: ["nats"] });
    expect(lines).toEqual([
      expect.stringMatching(
        /^Going on without `nats`: .* Go 1\.26 .* the Go on this machine is 1\.22\.1 .*\.\n$/,
      ),
    ]);
    await expect(complete(setting, { ...pulumiOnly, nats: ["nats"] })).rejects.toThrow(
      "is needed to build nats,",
    );
  });

  it("stops at a build that fails, and goes on from there the next time", async () => {
    const { project, setting, built } = machine("1.26.8");
    const script = join(project, "toolchain/go/docker/build.sh");
    const good = readFileSync(script, "utf8");
    put(script, "echo 'no space left'; exit 1");
    await expect(complete(setting, pulumiOnly)).rejects.toThrow("no space left");
    put(script, good);
    await complete(setting, pulumiOnly);
    expect(built()).toEqual(["pulumi", "language-nodejs", "docker", "tls", "command"]);
  });

  it("refuses an engine that the user named and that does not answer before anything is done", async () => {
    const { project, setting } = machine("1.26.8");
    setting.env.DOCKER_HOST = `unix://${project}/none.sock`;
    const refused = complete(setting, { ...pulumiOnly, engine: true });
    await expect(refused).rejects.toThrow(/none\.sock \(DOCKER_HOST\): ENOENT/);
    expect(existsSync(join(project, "built"))).toBe(false);
  });
});
