/** How OpenSSH says that the host could not, or may not, connect to where it was told to. */
const forwardingFailed = /stdio forwarding (request )?failed/i;

/** Lines that explain nothing: banners, and what is harmless. */
const noise = /^@|^ControlSocket .* already exists, disabling multiplexing$/;

/**
 * What OpenSSH gave as the reason when it failed, in one line: the last words count, what comes before is for who reads
 * a screen.
 * @param stderr all that it said
 * @param code its exit code; undefined: it was ended by a signal, or never ran
 */
export function sshWords(stderr: string, code: number | undefined): string {
  const lines = stderr
    .split(/\r?\n/)
    .map((line) => line.trim().replace(/\.$/, ""))
    .filter((line) => line !== "" && !noise.test(line));
  if (lines.some((line) => forwardingFailed.test(line))) {
    return "the host could not connect to it: nothing listens there, or its sshd forbids it (AllowTcpForwarding)";
  }
  if (lines.length > 0) return lines.slice(-2).join("; ");
  return code === undefined ? "the connection was ended" : `the connection broke off (exit code ${code})`;
}
