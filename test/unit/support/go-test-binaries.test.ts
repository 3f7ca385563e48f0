import { join } from "node:path";
import { expect, it } from "vitest";
import { testBinariesFolderName } from "../../support/go-test-binaries.ts";
import { put, temporaryFolder } from "../toolchain/support.ts";

const target = { os: "linux", arch: "amd64" };

function madeUp() {
  const folder = temporaryFolder();
  for (const name of ["go.mod", "go.sum", "main.go", "main_test.go", "inner/data.md"]) {
    put(join(folder, name), name);
  }
  return { name: "made-up", folder };
}

it("a module's test binaries have the same name in each clone", () => {
  expect(testBinariesFolderName(madeUp(), "1.26.8", target)).toBe(
    testBinariesFolderName(madeUp(), "1.26.8", target),
  );
});

it.each([
  ["a source", "main.go"],
  ["a test", "main_test.go"],
  ["go.mod", "go.mod"],
  ["go.sum", "go.sum"],
  ["what a test may embed", "inner/data.md"],
  ["a new file", "inner/new_test.go"],
])("another name comes with a change of %s", (_, file) => {
  const module = madeUp();
  const before = testBinariesFolderName(module, "1.26.8", target);
  put(join(module.folder, file), "changed");
  expect(testBinariesFolderName(module, "1.26.8", target)).not.toBe(before);
});

it("another name comes with another Go, system, processor, flag and module", () => {
  const module = madeUp();
  const names = [
    testBinariesFolderName(module, "1.26.8", target),
    testBinariesFolderName(module, "1.26.9", target),
    testBinariesFolderName(module, "1.26.8", { ...target, os: "darwin" }),
    testBinariesFolderName(module, "1.26.8", { ...target, arch: "arm64" }),
    testBinariesFolderName(module, "1.26.8", target, ["-race"]),
    testBinariesFolderName({ ...module, name: "other" }, "1.26.8", target),
  ];
  expect(new Set(names).size).toBe(names.length);
});
