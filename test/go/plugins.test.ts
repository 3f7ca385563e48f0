import { join } from "node:path";
import { expect, it } from "vitest";
import { cacheFolder } from "../../toolchain/cache.ts";
import { goToCompile } from "../support/go-test-binaries.ts";
import { mustHavePassed, runGoTests } from "../support/go-tests.ts";

const modules = join(import.meta.dirname, "..", "..", "toolchain", "go");

it.each(["command", "docker", "tls"])("the tests of the plugin %s pass", async (name) => {
  const module = { name, folder: join(modules, name) };
  const ran = await runGoTests(cacheFolder(process.env), module, await goToCompile());
  expect(mustHavePassed(ran)).toBeGreaterThan(0);
});
