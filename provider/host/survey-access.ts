import type { RemoteResult } from "../../client/ssh.ts";
import type { SshHost } from "../../model/ssh.ts";
import { fingerprintOf } from "./survey-keys.ts";

/** OpenSSH's own exit code, when the command did not get there. https://man.openbsd.org/ssh#EXIT_STATUS */
const notThere = 255;

/** Whether it was the host's key that OpenSSH did not believe. The words are those of sshconnect.c and kex.c. */
export function isKeyFault({ stderr }: RemoteResult): boolean {
  return /Host key verification failed|no matching host key type found/.test(stderr);
}

/**
 * Why a host could not be asked, in words that follow its id, with OpenSSH's own.
 * @param shown what it shows as its keys, where it was these that were not believed
 */
export function accessFault(ssh: SshHost, result: RemoteResult, shown: readonly string[]): string {
  const said = lastWords(result.stderr);
  if (result.code !== notThere) return rootFault(ssh, said);
  if (isKeyFault(result)) return keyFault(ssh, shown);
  return clientFault(result.stderr) ?? loginFault(ssh, result.stderr) ?? networkFault(ssh, said);
}

function clientFault(stderr: string): string | undefined {
  if (stderr.includes("ENOENT")) {
    return "the OpenSSH client is missing on this machine; install it (`apt-get install openssh-client`)";
  }
  if (/bad configuration option.*knownhostscommand/i.test(stderr)) {
    return "the OpenSSH client of this machine is too old (`ssh -V`); 8.5 or later is needed";
  }
  return undefined;
}

function keyFault(ssh: SshHost, shown: readonly string[]): string {
  const [type = "", key = ""] = ssh.hostKey.split(" ");
  const what = shown.length === 0 ? "another key" : shown.join(" and ");
  return (
    `${placeOf(ssh)} shows ${what}, and not the one in ssh.hostKey (${type} ${fingerprintOf(key)}). Either the host was ` +
    "reinstalled, or another machine answers in its place, so do not copy the new key without a check. On the host's own " +
    "console (not over SSH), `ssh-keygen -lf FILE` shows the fingerprint of each /etc/ssh/ssh_host_*_key.pub. " +
    `\`ssh-keyscan -p ${ssh.port} ${ssh.address} | ssh-keygen -lf -\` shows the fingerprints of the machine that answers. ` +
    "Only if they are the same, write the line of `ssh-keyscan`, without the address, into ssh.hostKey"
  );
}

function loginFault(ssh: SshHost, stderr: string): string | undefined {
  const refusal = /Permission denied \([^)]*\)|Too many authentication failures/.exec(stderr)?.[0];
  if (refusal === undefined) return undefined;
  const key =
    ssh.identityFile === undefined
      ? "a key of the SSH agent (`ssh-add -l` lists its keys; add a key with `ssh-add FILE`, or name the key's file in ssh.identityFile)"
      : `the key in ssh.identityFile (${ssh.identityFile}; the file must exist, and must have no passphrase unless the agent holds the key)`;
  return (
    `${placeOf(ssh)} does not let the user ${ssh.user} in (${refusal}). This machine needs ${key}. On the host, the user ` +
    "must exist, and the user's ~/.ssh/authorized_keys must have the public half of the key"
  );
}

function networkFault(ssh: SshHost, said: string): string {
  return (
    `can't be reached at ${placeOf(ssh)}: ${said}. Check that the host runs, that ssh.address and ssh.port are right, and ` +
    "that no firewall blocks the port. To go on with the other hosts, skip the pods of this host (`--skip`)"
  );
}

function rootFault({ user }: SshHost, said: string): string {
  if (user === "root")
    return `the shell of root does not run a script: ${said}. Set a usual shell with \`chsh -s /bin/sh\``;
  return (
    `the user ${user} may not become root without a password: ${said}. Allow it with the line ` +
    `"${user} ALL=(ALL) NOPASSWD: ALL" in /etc/sudoers.d/${user} (mode 0440), or log in as root`
  );
}

function placeOf({ address, port }: SshHost): string {
  return `${address}:${port}`;
}

/** The last line that is not empty. */
function lastWords(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  return (
    lines
      .filter((line) => line !== "")
      .at(-1)
      ?.replace(/\.$/, "") ?? "no reason was given"
  );
}
