import { spawn } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runProgram } from "../../../toolchain/run-program.ts";
import { put, putScript, temporaryFolder } from "./support.ts";

const toolchain = fileURLToPath(new URL("../../../toolchain", import.meta.url));
const locked = { version: "1.0.0", integrity: "sha512-a" };

/** A project with one command and a stand-in for npm that installs what the lock file says. */
function project() {
  const folder = temporaryFolder();
  for (const name of ["run.mjs", "lock.mjs", "packages.mjs"]) {
    cpSync(join(toolchain, name), join(folder, "toolchain", name));
  }
  put(
    join(folder, "package.json"),
    JSON.stringify({ scripts: { hello: "node toolchain/run.mjs hello", lint: "biome check" } }),
  );
  put(join(folder, "package-lock.json"), JSON.stringify({ packages: { "": {}, "node_modules/a": locked } }));
  put(
    join(folder, "operations/hello.ts"),
    `const words: string[] = process.argv.slice(2);
     process.on("SIGTERM", () => process.exit(5));
     console.log(JSON.stringify({ words, cache: process.env.NODE_COMPILE_CACHE }));
     if (words.includes("wait")) setInterval(() => {}, 1000);
     else process.exitCode = 3;`,
  );
  putScript(
    join(folder, "bin/npm"),
    `echo "$*" >> ${folder}/npm-calls
     mkdir -p ${folder}/node_modules/a
     echo '${JSON.stringify({ packages: { "node_modules/a": locked } })}' > ${folder}/node_modules/.package-lock.json`,
  );
  const env = { PATH: `${folder}/bin:/usr/bin:/bin`, HOME: folder, XDG_CACHE_HOME: join(folder, "cache") };
  const args = (words: string[]) => [join(folder, "toolchain/run.mjs"), ...words];
  return {
    folder,
    env,
    args,
    run: (...words: string[]) => runProgram(process.execPath, args(words), { env }),
  };
}

describe("the door of the npm scripts", () => {
  it("names the commands where none or an unknown one is given", async () => {
    const { run } = project();
    expect(await run("helo")).toMatchObject({
      code: 1,
      output: 'There is no command "helo". The commands are: hello. Run one with `npm run COMMAND`.\n',
    });
    expect((await run()).output).toContain("No command was given. The commands are: hello.");
  });

  it("starts main.ts where a command is a room of its own", async () => {
    const { folder, run } = project();
    put(join(folder, "hello/main.ts"), 'console.log("from its own room")');
    expect(await run("hello")).toMatchObject({ code: 0, stdout: "from its own room\n" });
  });

  it("installs the packages once, then hands over arguments, exit code and cache folder", async () => {
    const { folder, run } = project();
    const first = await run("hello", "--a", "b c");
    expect(first.output).toContain("installing the packages of package-lock.json");
    const cache = join(folder, "cache/unityplan-nats/node-compile");
    expect(JSON.parse(first.stdout)).toEqual({ words: ["--a", "b c"], cache });
    expect(first.code).toBe(3);
    const second = await run("hello");
    expect(second.output).not.toContain("installing");
  });

  it("takes what the user's own npm ci installed", async () => {
    const { folder, run } = project();
    mkdirSync(join(folder, "node_modules/a"), { recursive: true });
    put(
      join(folder, "node_modules/.package-lock.json"),
      JSON.stringify({ packages: { "node_modules/a": locked } }),
    );
    expect((await run("hello")).output).not.toContain("installing");
  });

  it("installs again after the lock file changed", async () => {
    const { folder, run } = project();
    await run("hello");
    const changed = { ...locked, version: "1.0.1" };
    put(join(folder, "package-lock.json"), JSON.stringify({ packages: { "node_modules/a": changed } }));
    expect((await run("hello")).output).toContain("(node_modules/a is 1.0.0, not 1.0.1)");
  });

  it("installs once for two that start together", async () => {
    const { folder, run } = project();
    await Promise.all([run("hello"), run("hello")]);
    const { stdout } = await runProgram("cat", [join(folder, "npm-calls")]);
    expect(stdout).toEqual(expect.stringMatching(/^ci .*\n$/));
  });

  it("installs all packages, whatever the user's npm settings leave out", async () => {
    const { folder, run } = project();
    await run("hello");
    const { stdout } = await runProgram("cat", [join(folder, "npm-calls")]);
    expect(stdout.split(" ")).toEqual(
      expect.arrayContaining(["ci", "--include=dev", "--include=optional", "--include=peer"]),
    );
  });

  it("stops where npm fails", async () => {
    const { folder, run } = project();
    putScript(join(folder, "bin/npm"), "echo 'npm error 404'; exit 9");
    expect(await run("hello")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/npm error 404\n[\s\S]*npm ci failed with exit code 9/),
    });
  });

  it("runs the project's own Node where there is one", async () => {
    const { folder, run } = project();
    await run("hello");
    put(join(folder, "own-node"), "");
    const own = putScript(join(folder, "own-node"), `echo own; exec '${process.execPath}' "$@"`);
    mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
    symlinkSync(own, join(folder, "node_modules/.bin/node"));
    expect((await run("hello")).stdout).toMatch(/^own\n/);
  });

  it("hands signals on and waits for the command's own end", async () => {
    const { env, args } = project();
    const child = spawn(process.execPath, args(["hello", "wait"]), {
      env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = new Promise((resolve) => child.on("exit", (code) => resolve(code)));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGTERM");
    expect(await ended).toBe(5);
  });
});
