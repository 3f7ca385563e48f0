import { join } from "node:path";
import { expect, it } from "vitest";
import { run } from "../../harness/run.ts";

const modules = join(import.meta.dirname, "..", "..", "toolchain", "go");

it.each(["command", "docker", "tls"])("the tests of the plugin %s pass", async (name) => {
  const env = { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOWORK: "off" };
  const { code, stdout, stderr } = await run("go", ["test", "-mod=readonly", "./..."], {
    cwd: join(modules, name),
    env,
  });
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  expect(stdout).toMatch(/^ok\s/m);
});
