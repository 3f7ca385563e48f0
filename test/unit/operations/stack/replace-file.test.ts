import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replaceFile } from "../../../../operations/stack/replace-file.ts";

let folder: string;
const path = (name: string) => join(folder, name);
const modeOf = (name: string) => statSync(path(name)).mode & 0o777;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "unityplan-replace-"));
  writeFileSync(path("file"), "before");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a file that is replaced", () => {
  it.each([0o600, 0o644, 0o666])("keeps its mode: %o", (mode) => {
    chmodSync(path("file"), mode);
    replaceFile(path("file"), "after");
    expect(readFileSync(path("file"), "utf8")).toBe("after");
    expect(modeOf("file")).toBe(mode);
  });

  it("is still where a link leads to", () => {
    symlinkSync(path("file"), path("link"));
    replaceFile(path("link"), "after");
    expect(lstatSync(path("link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(path("file"), "utf8")).toBe("after");
  });

  it("leaves nothing beside it", () => {
    replaceFile(path("file"), "after");
    expect(readdirSync(folder)).toEqual(["file"]);
  });
});
