/** OpenSSH's message when the host could not, or may not, connect to the port. */
const forwardingFailed = /stdio forwarding (request )?failed/i;

/** Lines that explain nothing: banners, and what is harmless. */
const noise = /^@|^ControlSocket .* already exists, disabling multiplexing$/;

/**
 * The reason that OpenSSH gave when it failed, in one line. The last lines count; the lines before are for a person at a
 * screen.
 * @param stderr all that it wrote
 * @param code its exit code; undefined: it was ended by a signal, or never ran
 */
export function sshWords(stderr: string, code: number | undefined): string {
  const lines = stderr
    .split(/\r?\n/)
    .map((line) => line.trim().replace(/\.$/, ""))
    .filter((line) => line !== "" && !noise.test(line));
  if (lines.some((line) => forwardingFailed.test(line))) {
    return "the host could not connect to that port: nothing listens there, or its sshd forbids that (AllowTcpForwarding)";
  }
  if (lines.length > 0) return lines.slice(-2).join("; ");
  return code === undefined ? "the connection was ended" : `the connection broke off (exit code ${code})`;
}
