import { asRoot, quoted, type SshHost, sshCommand } from "../../../model/ssh.ts";

/**
 * A local shell script. Groups are given at the login, so that the shared connection of the time before takes no new
 * sessions any more. https://man.openbsd.org/ssh#O
 */
export function dockerUserCommand(ssh: SshHost): string {
  const there = sshCommand(ssh);
  const join = `id -nG ${ssh.user} | grep -qw docker || usermod -aG docker ${ssh.user}`;
  return `set -eu
${there} ${quoted(asRoot(ssh, join))} </dev/null
${there} -O stop 2>/dev/null || :
`;
}
