import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One place that packages come from, as apt knows it. https://manpages.debian.org/bookworm/apt/sources.list.5 */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** File of the keys that it is signed with. */
  readonly signedBy: string | undefined;
}

/** Where the machine's own release comes from. */
export interface MachineApt {
  /** As in `bookworm`. */
  readonly release: string;
  /** The release itself, without its updates. */
  readonly base: AptSource;
  /** The release, its updates and its security updates. */
  readonly all: readonly AptSource[];
}

/**
 * Finds the machine's own release among its sources, so that no mirror has to be named anywhere.
 * @param files the sources' files: their names end in `.list` or `.sources`
 * @param readMirrorList reads the file of a `mirror+file:` address
 * @throws Error when the release has no source with packages
 */
export function machineApt(
  osRelease: string,
  files: readonly { readonly name: string; readonly text: string }[],
  readMirrorList: (path: string) => string,
): MachineApt {
  const release = /^VERSION_CODENAME="?([^"\n]+)"?$/m.exec(osRelease)?.[1] ?? "";
  const found = files.flatMap(({ name, text }) =>
    name.endsWith(".sources") ? stanzasOf(text) : linesOf(text),
  );
  const wanted = [release, `${release}-updates`, `${release}-security`];
  const all = found
    .filter(({ suite, components }) => wanted.includes(suite) && components.includes("main"))
    .map((source) => ({ ...source, uri: withoutMirrorList(source.uri, readMirrorList) }));
  const base = all.find(({ suite }) => suite === release);
  if (release === "" || base === undefined) {
    throw new Error(
      `the test hosts use the release of this machine, but the apt sources of this machine (${files.map(({ name }) => name).join(", ")}) ` +
        `have none for "${release}" with the component main. Run this on Debian or Ubuntu with the usual sources`,
    );
  }
  return { release, base, all };
}

/** The machine's own. @throws like `machineApt` */
export function readMachineApt(): MachineApt {
  const folder = "/etc/apt/sources.list.d";
  const parts = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  const names = ["/etc/apt/sources.list", ...parts].filter(
    (name) => /\.(list|sources)$/.test(name) && existsSync(name),
  );
  const read = (path: string) => readFileSync(path, "utf8");
  return machineApt(
    read("/etc/os-release"),
    names.map((name) => ({ name, text: read(name) })),
    read,
  );
}

/** A source as a line of `sources.list`. @param key file of the keys that it has to be signed with */
export function sourceLine({ uri, suite, components }: AptSource, key: string | undefined): string {
  const options = key === undefined ? "" : `[signed-by=${key}] `;
  return `deb ${options}${uri} ${suite} ${components.join(" ")}\n`;
}

/** `deb [options] uri suite component…` */
function linesOf(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const form = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]+)/;
    const [, options = "", uri, suite, components] = form.exec(line.trim()) ?? [];
    if (uri === undefined || suite === undefined || components === undefined) return [];
    const signedBy = fileOf(/(?:^|\s)signed-by=(\S+)/.exec(options)?.[1]);
    return [{ uri, suite, components: words(components), signedBy }];
  });
}

/** The deb822 form: paragraphs of fields. */
function stanzasOf(text: string): AptSource[] {
  const withoutComments = text.replace(/^#.*\n?/gm, "");
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string) =>
      words(new RegExp(`^${name}:((?:.*)(?:\\n[ \\t].*)*)`, "im").exec(stanza)?.[1] ?? "");
    if (!field("Types").includes("deb") || field("Enabled")[0] === "no") return [];
    const components = field("Components");
    const signedBy = fileOf(field("Signed-By")[0]);
    return field("URIs").flatMap((uri) =>
      field("Suites").map((suite) => ({ uri, suite, components, signedBy })),
    );
  });
}

/** debootstrap can't read apt's lists of mirrors; the first one is as good as any. */
function withoutMirrorList(uri: string, read: (path: string) => string): string {
  const path = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(uri)?.[1];
  if (path === undefined) return uri;
  const first = read(path).match(/^\s*(\w+:\/\/\S+)/m)?.[1];
  if (first === undefined) throw new Error(`apt's sources name ${path}, but that file lists no mirror`);
  return first;
}

/** The keys themselves may stand there too. */
function fileOf(signedBy: string | undefined): string | undefined {
  return signedBy?.startsWith("/") ? signedBy : undefined;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
