import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";

const provider = join(import.meta.dirname, "..", "..", "..", "provider", "main.ts");

it("the plugin ends when its engine is killed, and holds no connection to the servers any longer", async () => {
  const starts = `
    const { spawn } = require("node:child_process");
    const plugin = spawn(process.execPath, [${JSON.stringify(provider)}, "127.0.0.1:1"], { stdio: ["ignore", "pipe", "ignore"], detached: true });
    plugin.stdout.once("data", () => process.stdout.write(String(plugin.pid)));
    setInterval(() => {}, 1000);`;
  const engine = spawn(process.execPath, ["-e", starts], { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = (await once(engine.stdout, "data")) as [Buffer];
  const plugin = Number(said.toString());
  expect(isThere(plugin)).toBe(true);
  engine.kill("SIGKILL");
  await expect.poll(() => isThere(plugin), { timeout: 10_000 }).toBe(false);
}, 30_000);

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
