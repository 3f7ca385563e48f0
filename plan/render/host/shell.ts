/** What every script on a host begins with; it runs under `sh -eu`. */
export const preamble = `PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
fail() { echo "$*" >&2; exit 1; }
`;

/** Shell that writes a file atomically. Sets `changed` to yes where it was not so already. */
export const replaceFile = `changed=no
replace() {
  mkdir -p "\${1%/*}"
  cat >"$1.unityplan"
  if cmp -s "$1.unityplan" "$1"; then rm "$1.unityplan"; return; fi
  chmod 644 "$1.unityplan"
  mv "$1.unityplan" "$1"
  changed=yes
}
`;

/** A command that puts a text, which has no line EOF, into a file. */
export function fileCommand(path: string, content: string): string {
  return `replace ${path} <<'EOF'\n${content.trimEnd()}\nEOF\n`;
}
