import { describe, expect, it } from "vitest";
import { poll } from "../../../client/poll.ts";

describe("a poll", () => {
  it("asks until it is done, and tells of every change once", async () => {
    const answers = ["a", "a", "b"].map((waitingFor) => ({ waitingFor }));
    const heard: string[] = [];
    const ask = async () => answers.shift() ?? { done: 42 };
    expect(await poll(Date.now() + 10_000, ask, (what) => heard.push(what))).toBe(42);
    expect(heard).toEqual(["a", "b"]);
  });

  it("ends at the deadline with what was seen last, and asks once even when that has passed", async () => {
    await expect(poll(Date.now() - 1, async () => ({ waitingFor: "no leader" }))).rejects.toThrow(
      "no leader",
    );
    expect(await poll(Date.now() - 1, async () => ({ done: true }))).toBe(true);
  });
});
