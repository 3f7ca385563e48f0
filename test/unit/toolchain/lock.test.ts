import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isStale, STALE_AFTER_MS, withLock } from "../../../toolchain/lock.mjs";
import { put, temporaryFolder } from "./support.ts";

const deadProcess = () => spawnSync("true").pid;

/** Makes a lock look as it does after the machine slept. */
function makeOld(file: string) {
  const old = new Date(Date.now() - STALE_AFTER_MS - 1_000);
  utimesSync(file, old, old);
}

describe("a lock's holder", () => {
  const seen = {
    owner: "here 42 nonce",
    ageMs: 1_000,
    silentBeats: 0,
    hostName: "here",
    isAlive: () => true,
  };

  it("is there while its process lives and it gave a sign lately", () => {
    expect(isStale(seen)).toBe(false);
  });

  it("is gone when its process is", () => {
    expect(isStale({ ...seen, isAlive: () => false })).toBe(true);
  });

  it("is gone when a waiter too saw no sign of it, though another process has its number by now", () => {
    expect(isStale({ ...seen, ageMs: STALE_AFTER_MS + 1, silentBeats: 2 })).toBe(true);
  });

  it("is not gone by the age of its last sign alone, as the machine may have slept", () => {
    expect(isStale({ ...seen, ageMs: 3_600_000, silentBeats: 1.9 })).toBe(false);
    expect(isStale({ ...seen, ageMs: STALE_AFTER_MS - 1, silentBeats: 9 })).toBe(false);
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
    makeOld(file);
    expect(await withLock(file, async () => "done", { pollMs: 5, heartbeatMs: 20 })).toBe("done");
  });

  it("leaves a living holder its lock after the machine slept", async () => {
    const file = join(temporaryFolder(), "lock");
    const order: string[] = [];
    const times = { pollMs: 5, heartbeatMs: 500 };
    const first = withLock(
      file,
      async () => {
        makeOld(file);
        order.push("first begins");
        await expect.poll(() => Date.now() - statSync(file).mtimeMs, { timeout: 5_000 }).toBeLessThan(1_000);
        order.push("first ends");
      },
      times,
    );
    await expect.poll(() => order).toContain("first begins");
    await withLock(file, async () => order.push("second"), times);
    await first;
    expect(order).toEqual(["first begins", "first ends", "second"]);
  });

  it("takes over from a living process that gives no sign", async () => {
    const file = put(join(temporaryFolder(), "lock"), `${hostname()} ${process.pid} other`);
    makeOld(file);
    expect(await withLock(file, async () => "done", { pollMs: 5, heartbeatMs: 20 })).toBe("done");
  });

  it("is not removed by a holder that lost it", async () => {
    const file = join(temporaryFolder(), "lock");
    await withLock(file, async () => void put(file, `${hostname()} ${process.pid} other`));
    expect(readFileSync(file, "utf8")).toBe(`${hostname()} ${process.pid} other`);
  });

  it("is not kept alive by a holder that lost it", async () => {
    const file = join(temporaryFolder(), "lock");
    const lose = async () => {
      makeOld(put(file, `${hostname()} ${process.pid} other`));
      // A lock of the same beat, begun later, has beaten: so has the first.
      const later = join(temporaryFolder(), "later");
      const beaten = () => Date.now() - statSync(later).mtimeMs < 1_000;
      await withLock(
        later,
        async () => {
          makeOld(later);
          await expect.poll(beaten).toBe(true);
        },
        { heartbeatMs: 50 },
      );
    };
    await withLock(file, lose, { heartbeatMs: 20 });
    expect(Date.now() - statSync(file).mtimeMs).toBeGreaterThan(STALE_AFTER_MS);
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
