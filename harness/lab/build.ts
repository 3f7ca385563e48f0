import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { packagesIndex } from "./archive.ts";
import { type AptSource, type MachineApt, sourceLine } from "./machine-apt.ts";
import { archiveFolder, installedPackages, maskedUnits, offeredPackages, recipeFiles } from "./recipe.ts";
import { run, systemEnv } from "./run.ts";

const buildSeconds = 1200;
/** Where apt keeps what it downloaded. */
const downloads = "var/cache/apt/archives";

/**
 * Builds the file system of a bare host in `folder` and packs it.
 * @param folder is on a file system that allows devices and programs
 */
export async function buildRoot(
  apt: MachineApt,
  folder: string,
  tar: string,
  note: (text: string) => void,
): Promise<void> {
  const env = { ...systemEnv(), DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
  const root = join(folder, "root");
  const step = (program: string, args: readonly string[]) =>
    run(program, args, { env, onLine: note, timeoutSeconds: buildSeconds });
  // What debootstrap mounts goes away with its own mount namespace, also when it fails.
  const inside = (...args: string[]) => step("unshare", ["--mount", "--", "chroot", root, ...args]);

  const { uri, suite } = apt.base;
  const include = `--include=${installedPackages.join(",")}`;
  await step("unshare", ["--mount", "--", "debootstrap", "--variant=minbase", include, suite, root, uri]);
  await fillArchive(apt, root, inside, await step("apt-config", ["dump", "Acquire"]));
  await inside("useradd", "--create-home", "--shell", "/bin/bash", "admin");
  await inside("install", "-d", "-m", "700", "/root/.ssh");
  await inside("install", "-d", "-m", "700", "-o", "admin", "-g", "admin", "/home/admin/.ssh");
  await inside("systemctl", "mask", ...maskedUnits);
  await removeIdentity(root);
  for (const { path, mode, content } of recipeFiles) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
    await chmod(join(root, path), mode);
  }
  note("packing the test host");
  await step("tar", ["--numeric-owner", "--sort=name", "-C", root, "-cf", tar, "."]);
  await rm(root, { recursive: true });
}

/** Downloads what the hosts will install into an archive of their own. */
async function fillArchive(
  apt: MachineApt,
  root: string,
  inside: (...args: string[]) => Promise<string>,
  machineSettings: string,
): Promise<void> {
  const settings = join(root, "etc/apt/apt.conf.d/99machine");
  // The machine may reach its mirror through a proxy.
  await writeFile(settings, machineSettings);
  await writeFile(
    join(root, "etc/apt/sources.list"),
    apt.all.map((source) => sourceLine(source, keyIn(root, source))).join(""),
  );
  await inside("apt-get", "update", "-q");
  const known = (await inside("apt-cache", "--names-only", "search", "."))
    .split("\n")
    .map((line) => line.split(" ")[0]);
  const offered = offeredPackages.filter((name) => known.includes(name));
  await inside("apt-get", "install", "-y", "-q", "--no-install-recommends", "--download-only", ...offered);
  const archive = join(root, archiveFolder);
  await mkdir(archive, { recursive: true });
  await run("find", [join(root, downloads), "-name", "*.deb", "-exec", "mv", "-t", archive, "{}", "+"]);
  await writeFile(join(archive, "Packages"), await packagesIndex(archive));
  await rm(settings);
  await rm(join(root, "etc/apt/sources.list.d"), { recursive: true, force: true });
  await mkdir(join(root, "etc/apt/sources.list.d"));
}

/** A release's own packages bring the key that its sources name; apt then believes no other. */
function keyIn(root: string, { signedBy }: AptSource): string | undefined {
  return signedBy !== undefined && existsSync(join(root, signedBy)) ? signedBy : undefined;
}

/** Removes what no two hosts may share, and what only makes the image bigger. */
async function removeIdentity(root: string): Promise<void> {
  const keys = (await readdir(join(root, "etc/ssh"))).filter((name) => name.startsWith("ssh_host_"));
  const paths = [...keys.map((name) => `etc/ssh/${name}`), "var/lib/apt/lists", "var/lib/dbus/machine-id"];
  await Promise.all(paths.map((path) => rm(join(root, path), { recursive: true, force: true })));
  await mkdir(join(root, "var/lib/apt/lists/partial"), { recursive: true });
  await writeFile(join(root, "etc/machine-id"), "");
  await run("chroot", [root, "apt-get", "clean"]);
}
