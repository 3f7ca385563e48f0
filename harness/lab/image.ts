import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder, obtain } from "../../toolchain/cache.ts";
import { withLock } from "../../toolchain/lock.mjs";
import { runProgram } from "../../toolchain/run-program.ts";
import { buildRoot } from "./build.ts";
import { readMachineApt } from "./machine-apt.ts";
import { recipeHash } from "./recipe.ts";
import { all, run } from "./run.ts";

const imageName = "unityplan-test-host";
const folderPrefix = "test-host-";
/** In the image's cache folder. */
const tarName = "root.tar";
/** A system with less in it was never finished. */
const leastBytes = 100 * 1024 * 1024;

/**
 * The image of a bare host in the local engine; built when it is not there, which needs root.
 * @returns its reference
 * @throws Error that says what the machine lacks, or with the last lines of what failed
 */
export async function testHostImage(note: (text: string) => void): Promise<string> {
  const apt = readMachineApt();
  const hash = recipeHash(apt.release, process.arch);
  const reference = `${imageName}:${hash}`;
  if (await isThere(reference)) return reference;

  const cache = cacheFolder(process.env);
  const entry = {
    folderName: `${folderPrefix}${hash}`,
    programs: [],
    make: async (folder: string) => buildRoot(apt, folder, join(folder, tarName), note),
    prove: async (folder: string) => {
      const { size } = await stat(join(folder, tarName));
      if (size < leastBytes) throw new Error(`the test host's file system has only ${size} bytes`);
    },
  };
  const folder = await obtain(cache, entry, (owner) =>
    note(`waiting for ${owner}, which builds the test host too`),
  );
  await withLock(join(cache, "locks", `${entry.folderName}-import`), async () => {
    if (await isThere(reference)) return;
    note("giving the test host to the engine");
    await removeOthers(cache, entry.folderName, reference);
    await run("docker", ["import", "--change", 'CMD ["/hostinit"]', join(folder, tarName), reference]);
  });
  return reference;
}

/** Each is half a gigabyte, twice, and can be built again. One that is in use stays. */
async function removeOthers(cache: string, folderName: string, reference: string): Promise<void> {
  const tools = join(cache, "tools");
  const folders = (await readdir(tools)).filter(
    (name) => name.startsWith(folderPrefix) && name !== folderName,
  );
  await all(folders, (name) => rm(join(tools, name), { recursive: true, force: true }));
  const images = await run("docker", ["images", "--format={{.Repository}}:{{.Tag}}", imageName]);
  const others = images.split("\n").filter((image) => image !== "" && image !== reference);
  await all(others, (image) =>
    runProgram("docker", ["rmi", image], { env: process.env, timeoutSeconds: 60 }),
  );
}

async function isThere(reference: string): Promise<boolean> {
  const { code } = await runProgram("docker", ["image", "inspect", reference], {
    env: process.env,
    timeoutSeconds: 30,
  });
  return code === 0;
}
