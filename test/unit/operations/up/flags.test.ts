import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../../../harness/run.ts";

const file = join(import.meta.dirname, "..", "..", "..", "..", "operations", "up.ts");
const up = (...args: string[]) => run(process.execPath, [file, ...args]);

/** Before any set-up, and so before anything is touched. */
describe("npm run up", () => {
  it("shows --skip, and no word of the release before", async () => {
    const { code, stdout } = await up("--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}--skip PODS /m);
    expect(stdout).not.toContain("--without");
  });

  it("takes --without for --skip, says so once, and goes on", async () => {
    const { code, stderr } = await up("--without", "se", "nowhere");
    expect(code).toBe(1);
    expect(stderr.match(/the old word for/g)).toHaveLength(1);
    expect(stderr).toContain("Write: npm run up -- --skip se nowhere\n");
    expect(stderr).toContain("there is no stack nowhere");
  });

  it("refuses both, with both names", async () => {
    const { code, stderr } = await up("--without", "se", "--skip", "no");
    expect(code).toBe(2);
    expect(stderr).toContain("--without and --skip are given together");
  });
});
