import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { tarArchive } from "../../../toolchain/tar.ts";

const files = [
  { name: "server", content: Buffer.alloc(1300, "x"), mode: 0o755 },
  { name: "server.conf", content: Buffer.from("port: 4222\n"), mode: 0o644 },
];

describe("an archive", () => {
  it("is read by the system's tar, with names, modes, sizes and owner", () => {
    const input = tarArchive(files);
    const list = execFileSync("tar", ["--numeric-owner", "-tvf", "-"], { input, encoding: "utf8" });
    expect(list).toMatch(/^-rwxr-xr-x\s+0\/0\s+1300 .* server\n-rw-r--r--\s+0\/0\s+11 .* server\.conf\n$/);
    const content = execFileSync("tar", ["-xOf", "-", "server.conf"], { input, encoding: "utf8" });
    expect(content).toBe("port: 4222\n");
  });

  it("has the same bytes for the same files", () => {
    expect(tarArchive(files).equals(tarArchive(files))).toBe(true);
  });
});
