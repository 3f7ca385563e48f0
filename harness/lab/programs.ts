import { aptInstall } from "../../toolchain/engine-start.ts";
import { findOnPath } from "../../toolchain/run-program.ts";
import { systemEnv } from "./run.ts";

/** What a lab runs on this machine → the package that brings it. */
const packageOf = {
  debootstrap: "debootstrap",
  ssh: "openssh-client",
  ip: "iproute2",
  nft: "nftables",
  perl: "perl-base",
  unshare: "util-linux",
  "mkfs.ext4": "e2fsprogs",
  losetup: "mount",
};

/** Installs what this machine lacks for a lab. @throws Error when it lacks something and may not install it */
export async function needPrograms(note: (text: string) => void): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error(
      "the test hosts need root: debootstrap builds them, and the kernel cuts their links. " +
        "Run the rehearsal as root",
    );
  }
  const missing = Object.entries(packageOf).filter(([program]) => !findOnPath(program, systemEnv()));
  if (missing.length === 0) return;
  await aptInstall([...new Set(missing.map(([, name]) => name))], systemEnv(), note);
}
