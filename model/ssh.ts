import { createHash } from "node:crypto";

/** A host as the system's OpenSSH reaches it; nothing in it is secret. */
export interface SshHost {
  /** IPv4 address. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The only key that is believed, as in `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** The private key's file; undefined leaves the choice to the agent and to OpenSSH's own defaults. */
  readonly identityFile: string | undefined;
}

/** How long a connection that is not used any more stays open for the next one, in seconds. */
const keptSeconds = 60;

/**
 * Options of the OpenSSH client, for everything that reaches a host: one connection is shared by all, the connection to
 * a frozen host ends after 15 s, and no other file of known hosts has a say. https://man.openbsd.org/ssh_config
 */
export function sshOptions(host: SshHost): string[] {
  const { hostKey, identityFile } = host;
  const [type = "", key = ""] = hostKey.split(" ");
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "UserKnownHostsFile=/dev/null",
    "GlobalKnownHostsFile=/dev/null",
    // No file that would have to be somewhere, and the same on every machine.
    `KnownHostsCommand=/bin/echo %H ${type} ${key}`,
    `HostKeyAlgorithms=${signaturesOf(type)}`,
    "ConnectTimeout=10",
    "ServerAliveInterval=5",
    "ServerAliveCountMax=2",
    "ControlMaster=auto",
    `ControlPath=~/.ssh/unityplan-${digestOf(host)}`,
    `ControlPersist=${keptSeconds}`,
    "LogLevel=ERROR",
    ...(identityFile === undefined ? [] : [`IdentityFile=${identityFile}`, "IdentitiesOnly=yes"]),
  ];
  return options.flatMap((option) => ["-o", option]);
}

/** A host with another host key gets its own connection: an open connection would not check the key again. */
function digestOf({ address, port, user, hostKey, identityFile = "" }: SshHost): string {
  const parts = [address, port, user, hostKey, identityFile].join("\n");
  return createHash("sha256").update(parts).digest("hex").slice(0, 16);
}

/** An RSA key signs with more than one algorithm, and the one of its own name is SHA-1. */
function signaturesOf(keyType: string): string {
  return keyType === "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : keyType;
}

/** Arguments of `ssh` that open the host, without a command. */
export function sshArguments(host: SshHost): string[] {
  return [...sshOptions(host), "-p", String(host.port), `${host.user}@${host.address}`];
}

/** The URL of the host's Docker engine. https://docs.docker.com/engine/security/protect-access/ */
export function dockerOverSsh({ user, address, port }: SshHost): string {
  return `ssh://${user}@${address}:${port}`;
}

/** A script as the host's login shell has to be told it, whatever shell that is; run as root. */
export function asRoot({ user }: Pick<SshHost, "user">, script: string): string {
  return `${user === "root" ? "" : "sudo -n "}sh -euc ${quoted(script)}`;
}

/**
 * The same for a local shell script that runs other things beside it.
 * @param first options that win over the usual ones, as in `ControlPath=none`: of each the first that OpenSSH is given
 * counts
 */
export function sshCommand(host: SshHost, first: readonly string[] = []): string {
  const options = first.flatMap((option) => ["-o", option]);
  return ["ssh", ...options, ...sshArguments(host)].map(quoted).join(" ");
}

/** One word of a shell's command line. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
