import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { goToCompile } from "../support/go-test-binaries.ts";
import { countTests, mustHavePassed, runGoTests } from "../support/go-tests.ts";
import { put, temporaryFolder } from "../unit/toolchain/support.ts";

const go = await goToCompile();

/** The tests of a package: each body by the test's name. */
const testFile = (name: string, tests: Readonly<Record<string, string>>) =>
  [
    `package ${name}`,
    'import "testing"',
    ...Object.entries(tests).map(([test, body]) => `func Test${test}(t *testing.T) { ${body} }`),
  ].join("\n");

/** A module of two packages with tests and one without; the test of the inner package reads a file beside it. */
function madeUp() {
  const folder = temporaryFolder();
  put(join(folder, "go.mod"), "module made/up\n\ngo 1.26\n");
  put(join(folder, "up.go"), "package up\n");
  put(join(folder, "up_test.go"), testFile("up", { One: "", Two: 't.Run("inner", func(*testing.T) {})' }));
  put(join(folder, "cmd/tool/main.go"), "package main\nfunc main() {}\n");
  put(join(folder, "internal/words/words.txt"), "read");
  put(
    join(folder, "internal/words/words_test.go"),
    testFile("words", {
      Reads: 'if got, err := os.ReadFile("words.txt"); string(got) != "read" { t.Fatal(err) }',
    }).replace('"testing"', '("os"; "testing")'),
  );
  return { name: "made-up", folder };
}

const foldersIn = (cache: string) => readdirSync(join(cache, "tools")).sort();

describe("the Go tests of a module", () => {
  it("run each in its package's folder, and are compiled once", async () => {
    const [cache, module] = [temporaryFolder(), madeUp()];
    const first = await runGoTests(cache, module, go);
    expect(first, first.output).toMatchObject({ passed: 3, failed: 0, skipped: 0 });
    const [made] = foldersIn(cache);
    expect(foldersIn(cache)).toEqual([expect.stringMatching(/^go-tests-made-up-[0-9a-f]{16}-/)]);

    const elsewhere = madeUp();
    const withoutGo = { ...go, program: join(cache, "there-is-no-go") };
    const second = await runGoTests(cache, elsewhere, withoutGo);
    expect(second, second.output).toMatchObject({ passed: 3, failed: 0 });
    expect(foldersIn(cache)).toEqual([made]);
  });

  it("fail with what Go says, from the cache as well, and pass when they are mended", async () => {
    const [cache, module] = [temporaryFolder(), madeUp()];
    const file = join(module.folder, "up_test.go");
    put(file, testFile("up", { One: "", Two: 't.Fatal("two is wrong")', Three: 't.Skip("not now")' }));
    for (const _time of ["compiled", "from the cache"]) {
      const ran = await runGoTests(cache, module, go);
      expect(ran, ran.output).toMatchObject({ passed: 2, failed: 1, skipped: 1 });
      expect(() => mustHavePassed(ran)).toThrow(/1 failed.*up_test\.go:4: two is wrong/s);
    }
    put(file, testFile("up", { One: "", Two: "" }));
    expect(mustHavePassed(await runGoTests(cache, module, go))).toBe(3);
  });

  it("are none where the module has none", async () => {
    const [cache, folder] = [temporaryFolder(), temporaryFolder()];
    put(join(folder, "go.mod"), "module made/up\n\ngo 1.26\n");
    put(join(folder, "up.go"), "package up\n");
    const ran = await runGoTests(cache, { name: "made-up", folder }, go);
    expect(ran).toEqual({ passed: 0, failed: 0, skipped: 0, output: "" });
    expect(() => mustHavePassed(ran)).toThrow("0 Go tests passed");
  });

  it("fail where the process ends before they do", async () => {
    const [cache, module] = [temporaryFolder(), madeUp()];
    const exits = testFile("up", { One: "os.Exit(0)" }).replace('"testing"', '("os"; "testing")');
    put(join(module.folder, "up_test.go"), exits);
    const { failed, output } = await runGoTests(cache, module, go);
    expect(failed).toBe(1);
    expect(output).toContain("unexpected call to os.Exit(0) during test");
  });

  it.each([
    [
      "a test with a fault",
      "up_test.go",
      testFile("up", { One: "undefinedName()" }),
      "undefined: undefinedName",
    ],
    ["a package without tests", "cmd/tool/main.go", "package main\nfunc main() { x }", "undefined: x"],
    [
      "a test that vet refuses",
      "up_test.go",
      testFile("up", { One: 't.Errorf("%d", "word")' }),
      "of wrong type string",
    ],
  ])(
    "fail with what Go says where it does not compile %s, and leave nothing",
    async (_, file, text, said) => {
      const [cache, module] = [temporaryFolder(), madeUp()];
      put(join(module.folder, file), text);
      await expect(runGoTests(cache, module, go)).rejects.toThrow(said);
      expect(foldersIn(cache)).toEqual([]);
    },
  );

  it("leave no binaries that no run used for five days", async () => {
    const [cache, module] = [temporaryFolder(), madeUp()];
    await runGoTests(cache, module, go);
    const [made = ""] = foldersIn(cache);
    const longAgo = Date.now() / 1000 - 6 * 24 * 3600;
    const unused = join(cache, "tools/go-tests-other-0-linux-amd64-go1.26.8/other.test");
    const tool = join(cache, "tools/command-0-linux-amd64-go1.26.8/command");
    for (const file of [unused, tool]) {
      put(file, "");
      utimesSync(join(file, ".."), longAgo, longAgo);
    }
    utimesSync(join(cache, "tools", made), longAgo, longAgo);
    await runGoTests(cache, module, go);
    expect(foldersIn(cache)).toEqual(["command-0-linux-amd64-go1.26.8", made]);
  });
});

describe("the count of Go tests", () => {
  it.each(["FAIL", "SKIP"])("is refused with one %s", (word) => {
    const ran = countTests(`--- PASS: TestOne (0.00s)\n--- ${word}: TestTwo (0.00s)\n`, true);
    expect(() => mustHavePassed(ran)).toThrow("1 Go tests passed");
  });

  it("takes a process that broke off for a failure", () => {
    expect(countTests("--- PASS: TestOne (0.00s)\npanic: broken", false)).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });

  it("leaves out the tests within a test", () => {
    const output = "--- PASS: TestOne (0.00s)\n    --- PASS: TestOne/inner (0.00s)\n";
    expect(countTests(output, true)).toMatchObject({ passed: 1, failed: 0, skipped: 0 });
  });
});
