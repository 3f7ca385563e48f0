// The door of every npm script: `node toolchain/run.mjs COMMAND [ARGUMENTS]`. Plain JavaScript that any Node from
// 20.11 on runs before anything is installed; COMMAND is operations/COMMAND.ts, or COMMAND/main.ts where it is a room of
// its own, run by the project's own Node.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.mjs";
import { firstDifference, isAtLeast, proxySettings } from "./packages.mjs";

const project = fileURLToPath(new URL("..", import.meta.url));
const cacheFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "unityplan-nats");

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The commands are the npm scripts that come through this door. */
function commands() {
  const scripts = Object.values(readJson(join(project, "package.json"))?.scripts ?? {});
  return scripts.flatMap((script) => /^node toolchain\/run\.mjs ([\w-]+)$/.exec(script)?.[1] ?? []).sort();
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function difference() {
  const wanted = readJson(join(project, "package-lock.json"));
  if (!wanted)
    fail("package-lock.json is missing or not JSON: restore it with `git checkout package-lock.json`.");
  const installed = readJson(join(project, "node_modules/.package-lock.json"));
  return firstDifference(wanted, installed, (folder) => existsSync(join(project, folder)));
}

/**
 * Runs npm with the Node that runs npm itself: node_modules/.bin may be first on PATH and is about to go.
 * @param {string[]} args @returns {Promise<number>}
 */
function npm(args) {
  const { npm_node_execpath: node, npm_execpath: cli, ...rest } = process.env;
  const PATH = (rest.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.endsWith("node_modules/.bin"))
    .join(delimiter);
  const [command, first] = node && cli && existsSync(node) ? [node, [cli]] : ["npm", []];
  const options = { cwd: project, stdio: ["ignore", 2, 2], env: { ...rest, PATH } };
  return new Promise((done) => {
    spawn(command, [...first, ...args], options)
      .on("error", (error) => fail(`npm could not be started (${error.message}): install Node.js with npm.`))
      .on("exit", (code) => done(code ?? 1));
  });
}

async function ensurePackages() {
  if (!difference()) return;
  const lock = join(
    cacheFolder,
    "locks",
    `npm-${createHash("sha256").update(project).digest("hex").slice(0, 16)}`,
  );
  const onWait = (owner) => console.error(`waiting for another set-up of this folder (${owner}) …`);
  await withLock(
    lock,
    async () => {
      const why = difference();
      if (!why) return;
      console.error(`installing the packages of package-lock.json (${why}), about half a minute …`);
      // With NODE_ENV=production or an `omit` of the user's, npm would leave out what the tools are made of.
      const all = ["--include=dev", "--include=optional", "--include=peer"];
      const code = await npm(["ci", ...all, "--loglevel=error", "--no-audit", "--no-fund"]);
      if (code !== 0) fail(`npm ci failed with exit code ${code}; its messages are above.`);
    },
    { onWait },
  );
}

/** The project's own Node; this one if that is missing and this one strips types (from 22.18 on). */
function findNode() {
  const own = join(project, "node_modules/.bin/node");
  if (existsSync(own)) return own;
  if (isAtLeast(process.version, [22, 18])) return process.execPath;
  return fail(`This needs Node 22.18 or newer, and the one here is ${process.version}: install Node 24.`);
}

/** @param {string} node @param {string} file @param {string[]} args */
function run(node, file, args) {
  const env = {
    ...process.env,
    ...proxySettings(process.env),
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cacheFolder, "node-compile"),
  };
  const child = spawn(node, ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", file, ...args], {
    stdio: "inherit",
    env,
  });
  child.on("error", (error) => fail(`${node} could not be started: ${error.message}`));
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    // A terminal gives Ctrl-C to the whole group: the child has it already, and a second one would cut it short.
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on("exit", (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

async function main() {
  if (!isAtLeast(process.version, [20, 11])) {
    fail(
      `This needs Node 20.11 or newer, and the one here is ${process.version}: install Node 24, or any from 20.11 on.`,
    );
  }
  const [command = "", ...args] = process.argv.slice(2);
  if (!commands().includes(command)) {
    const named = command === "" ? "No command was given." : `There is no command "${command}".`;
    fail(`${named} The commands are: ${commands().join(", ")}. Run one with \`npm run COMMAND\`.`);
  }
  await ensurePackages();
  const ownRoom = join(project, command, "main.ts");
  run(findNode(), existsSync(ownRoom) ? ownRoom : join(project, "operations", `${command}.ts`), args);
}

await main();
