import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { leftover } from "../../../../harness/lab/owner.ts";

const labels = (owner: string) => ({
  "org.unityplan.lab": "lab1",
  "org.unityplan.lab.folder": "/tmp/lab1",
  "org.unityplan.lab.owner": owner,
});

describe("a lab that was left behind", () => {
  it("is one whose process is gone", () => {
    const gone = labels(`${hostname()} 4711`);
    expect(leftover(gone, () => false)).toEqual({ prefix: "lab1", folder: "/tmp/lab1" });
    expect(leftover(gone, () => true)).toBeUndefined();
  });

  it("is none that a person made, or a process of another machine", () => {
    expect(leftover(labels("a person"), () => false)).toBeUndefined();
    expect(leftover(labels("elsewhere 4711"), () => false)).toBeUndefined();
  });
});
