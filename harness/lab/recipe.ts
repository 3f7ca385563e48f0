import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** What a provider's bare Debian or Ubuntu has when it is handed over, and no more. */
export const installedPackages = [
  "systemd-sysv",
  "dbus",
  "openssh-server",
  "sudo",
  "iproute2",
  "iputils-ping",
  "kmod",
  "procps",
  "ca-certificates",
];

/** What the hosts' own package archive offers besides what these depend on. A package that the release lacks is skipped. */
export const offeredPackages = [
  "docker.io",
  "docker-cli",
  "containerd",
  "runc",
  "iptables",
  "nftables",
  "wireguard-tools",
  "wireguard-go",
];

/** Where the archive is on a host. */
export const archiveFolder = "/srv/packages";

export interface RecipeFile {
  readonly path: string;
  readonly mode: number;
  readonly content: string;
}

/** Files of the image that no package brings. */
export const recipeFiles: readonly RecipeFile[] = [
  {
    // A hardware address that is the same after each start, told to the others, on any engine. And groups that systemd
    // can divide: the engine mounts them read-only for who is not privileged.
    path: "/hostinit",
    mode: 0o755,
    content: `#!/bin/sh
echo 1 >/proc/sys/net/ipv4/conf/eth0/arp_notify
ip link set dev eth0 address "$HARDWARE_ADDRESS"
while read -r _ target _; do
  case $target in /sys/fs/cgroup*) mount -o remount,bind,rw,nosuid,nodev,noexec "$target" 2>/dev/null ;; esac
done </proc/mounts
exec /sbin/init
`,
  },
  {
    path: "/etc/ssh/sshd_config.d/lab.conf",
    mode: 0o644,
    content:
      "HostKey /etc/ssh/ssh_host_ed25519_key\nPermitRootLogin prohibit-password\nPasswordAuthentication no\n",
  },
  { path: "/etc/sudoers.d/admin", mode: 0o440, content: "admin ALL=(ALL) NOPASSWD: ALL\n" },
  // Each file of a package would be synced on its own, several hosts at once.
  { path: "/etc/dpkg/dpkg.cfg.d/lab", mode: 0o644, content: "force-unsafe-io\n" },
  // These hosts were booted long ago: users are not kept out until the last unit is there.
  { path: "/etc/tmpfiles.d/systemd-nologin.conf", mode: 0o644, content: "" },
  { path: "/etc/apt/apt.conf.d/lab", mode: 0o644, content: 'Acquire::Languages "none";\n' },
  { path: "/etc/apt/sources.list", mode: 0o644, content: `deb [trusted=yes] file:${archiveFolder} ./\n` },
];

/** Units that make no sense in a container, or would start something at a time of their own. */
export const maskedUnits = [
  "apt-daily.timer",
  "apt-daily-upgrade.timer",
  "dpkg-db-backup.timer",
  "e2scrub_all.timer",
  "fstrim.timer",
  "motd-news.timer",
  "getty.target",
  "console-getty.service",
  "systemd-logind.service",
  "systemd-udevd.service",
  "systemd-timesyncd.service",
];

/** Changes whenever anything does that the image is made of. */
export function recipeHash(release: string, architecture: string): string {
  const sources = ["build.ts", "archive.ts"].map((name) =>
    readFileSync(new URL(name, import.meta.url), "utf8"),
  );
  const inputs = [
    release,
    architecture,
    installedPackages,
    offeredPackages,
    recipeFiles,
    maskedUnits,
    sources,
  ];
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 16);
}
