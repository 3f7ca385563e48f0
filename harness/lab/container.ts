import { readFileSync } from "node:fs";

/** Linux capabilities by number, up to the last one that every engine of today knows. */
const capabilityNames = (
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE " +
  "NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT " +
  "SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE " +
  "AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ"
).split(" ");

/** The capabilities of a bounding set, as in the line `CapBnd:` of /proc/self/status. */
export function capabilities(boundingSet: string): string[] {
  const bits = BigInt(`0x${boundingSet}`);
  return capabilityNames.filter((_, bit) => ((bits >> BigInt(bit)) & 1n) === 1n);
}

export interface ContainerPlan {
  readonly name: string;
  readonly hostname: string;
  readonly image: string;
  readonly network: string;
  readonly address: string;
  readonly hardwareAddress: string;
  /** As an argument of `docker`. */
  readonly label: string;
  /** By the folder that is to outlast the container's own layer. */
  readonly volumes: Readonly<Record<string, string>>;
}

/** Arguments of `docker create` for a container that behaves like a machine: systemd, an engine and a VPN in it. */
export function createArguments(plan: ContainerPlan, boundingSet = ownBoundingSet()): string[] {
  // --privileged asks for all there are, and fails on a machine that itself lacks one.
  const capable = capabilities(boundingSet).map((name) => `--cap-add=${name}`);
  const volumes = Object.entries(plan.volumes).map(([folder, volume]) => `--volume=${volume}:${folder}`);
  return [
    "create",
    `--name=${plan.name}`,
    `--hostname=${plan.hostname}`,
    `--network=${plan.network}`,
    `--ip=${plan.address}`,
    `--env=HARDWARE_ADDRESS=${plan.hardwareAddress}`,
    plan.label,
    ...capable,
    "--device=/dev/net/tun",
    "--device-cgroup-rule=a *:* rwm",
    "--security-opt=seccomp=unconfined",
    "--security-opt=apparmor=unconfined",
    "--security-opt=systempaths=unconfined",
    "--cgroupns=private",
    // No name outside the lab is ever asked for, and asking fails at once.
    "--dns=127.0.0.1",
    "--tmpfs=/run",
    "--tmpfs=/run/lock",
    ...volumes,
    // systemd looks at it to know where it is, and halts on this signal.
    "--env=container=docker",
    "--stop-signal=SIGRTMIN+3",
    "--stop-timeout=60",
    plan.image,
  ];
}

function ownBoundingSet(): string {
  return /^CapBnd:\s*(\w+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
}
