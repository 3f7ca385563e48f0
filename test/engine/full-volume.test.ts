import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { servedCertificate } from "../../client/handshake.ts";
import { LoopDisk } from "../../harness/power/disk.ts";
import { mustRun } from "../../harness/run.ts";
import { inShort, TestStack } from "../../harness/stack.ts";
import { issue } from "../support/pem.ts";

/** The configuration volume of dk is a small disk of its own, so that it can be filled. */
const folder = mkdtempSync(join(tmpdir(), "unityplan-full-"));
const disk = new LoopDisk(folder, "configuration");
let stack: TestStack;

beforeAll(async () => {
  stack = await TestStack.create({ rollout: "rolling" });
  await disk.create();
  const bind = ["--opt", "type=none", "--opt", "o=bind", "--opt", `device=${disk.mountPoint}`];
  const volume = `${stack.prefix}unityplan-nats-dk-config`;
  await mustRun("docker", ["volume", "create", "--driver", "local", ...bind, volume]);
  await stack.mustUp();
});

afterAll(async () => {
  await stack?.dispose();
  await disk.dispose();
  rmSync(folder, { recursive: true, force: true });
});

it("a full configuration volume stops the update at its server, which goes on with what it has", async () => {
  const before = { served: await served(), started: await stack.startTimes() };
  const filler = fill();
  // A file of the same size takes the place of the old one, so one has to grow.
  const names = Array.from({ length: 400 }, (_, number) => `DNS:name-${number}.example.org`).join(",");
  const [from, to] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 365 * 24 * 3_600_000)];
  const { certificate } = issue({
    commonName: "large",
    isAuthority: true,
    alternativeNames: names,
    from,
    to,
  });
  const incoming = { generation: 2, phase: "incoming", certificate };
  stack.configure({ tls: { authorities: [{ generation: 1, phase: "active" }, incoming] } });
  const failed = await stack.up();
  expect(failed.code, failed.stdout).not.toBe(0);
  expect(failed.stdout).toMatch(/dk-loader[\s\S]*no space left on device/);
  expect({ served: await served(), started: await stack.startTimes() }).toEqual(before);
  expect(await trusted("no")).not.toContain(certificate.trim());

  rmSync(filler);
  await stack.mustUp();
  for (const id of ["dk", "no", "se"]) expect(await trusted(id)).toContain(certificate.trim());
  expect(await stack.startTimes()).toEqual(before.started);
  expect((await stack.changes()).map(inShort)).toEqual([]);
});

/** The authorities in a server's volume. */
async function trusted(id: string): Promise<string> {
  return (await stack.docker("cp", `${stack.serverName(id)}:/etc/nats/tls/ca.pem`, "-")).stdout;
}

/** Not one byte is left. */
function fill(): string {
  const file = join(disk.mountPoint, "filler");
  for (let size = 2 ** 24; size >= 1; size = Math.floor(size / 16)) append(file, Buffer.alloc(size));
  return file;
}

/** As often as it fits. */
function append(file: string, content: Buffer): void {
  try {
    for (;;) writeFileSync(file, content, { flag: "a" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

async function served(): Promise<string[]> {
  return Promise.all(
    stack.pods.map(async ({ clusterPort: port }) => {
      return (await servedCertificate({ host: "127.0.0.1", port, kind: "cluster" })).fingerprint;
    }),
  );
}
