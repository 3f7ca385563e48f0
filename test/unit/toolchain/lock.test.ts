import { spawnSync } from "node:child_process";
import { existsSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isStale, STALE_AFTER_MS, withLock } from "../../../toolchain/lock.mjs";
import { put, temporaryFolder } from "./support.ts";

const deadProcess = () => spawnSync("true").pid;

describe("a lock's holder", () => {
  const seen = { owner: "here 42", ageMs: 1_000, hostName: "here", isAlive: () => true };

  it("is there while its process lives and it gave a sign lately", () => {
    expect(isStale(seen)).toBe(false);
  });

  it("is gone when its process is", () => {
    expect(isStale({ ...seen, isAlive: () => false })).toBe(true);
  });

  it("is gone when it gave no sign for too long, though another process has its number by now", () => {
    expect(isStale({ ...seen, ageMs: STALE_AFTER_MS + 1 })).toBe(true);
  });

  it("is not judged by its process number on another machine", () => {
    expect(isStale({ ...seen, hostName: "elsewhere", isAlive: () => false })).toBe(false);
  });
});

describe("withLock", () => {
  it("lets one work at a time, and tells the other who holds it", async () => {
    const file = join(temporaryFolder(), "locks/one");
    const order: string[] = [];
    const waits: string[] = [];
    const first = withLock(file, async () => {
      order.push("first begins");
      await expect.poll(() => waits.length).toBe(1);
      order.push("first ends");
    });
    await expect.poll(() => order).toContain("first begins");
    const onWait = (owner: string) => waits.push(owner);
    await withLock(file, async () => order.push("second"), { onWait, pollMs: 5 });
    await first;
    expect(order).toEqual(["first begins", "first ends", "second"]);
    expect(waits).toEqual([`${hostname()} ${process.pid}`]);
  });

  it("takes over from a dead process", async () => {
    const file = put(join(temporaryFolder(), "lock"), `${hostname()} ${deadProcess()}`);
    expect(await withLock(file, async () => "done")).toBe("done");
    expect(existsSync(file)).toBe(false);
  });

  it("takes over from one that died while it took over itself", async () => {
    const file = put(join(temporaryFolder(), "lock"), `${hostname()} ${deadProcess()}`);
    put(`${file}.breaking`, `${hostname()} ${deadProcess()}`);
    expect(await withLock(file, async () => "done", { pollMs: 5 })).toBe("done");
  });

  it("takes over a lock without a name in it only when that is old", async () => {
    const file = put(join(temporaryFolder(), "lock"), "");
    const old = new Date(Date.now() - STALE_AFTER_MS - 1_000);
    utimesSync(file, old, old);
    expect(await withLock(file, async () => "done")).toBe("done");
  });

  it("lets go when the work fails", async () => {
    const file = join(temporaryFolder(), "lock");
    await expect(withLock(file, async () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(existsSync(file)).toBe(false);
  });

  it("is taken over once by many that find it dead", async () => {
    const file = put(join(temporaryFolder(), "lock"), `${hostname()} ${deadProcess()}`);
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withLock(file, work, { pollMs: 1 })));
    expect(most).toBe(1);
  });
});
