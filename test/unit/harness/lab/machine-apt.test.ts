import { describe, expect, it } from "vitest";
import { machineApt, sourceLine } from "../../../../harness/lab/machine-apt.ts";

const debian = 'PRETTY_NAME="Debian"\nVERSION_CODENAME=bookworm\nID=debian\n';
const unread = () => "";

describe("the machine's apt sources", () => {
  it("are read from the stanzas of a .sources file, without what is disabled, commented or only sources", () => {
    const text = `# URIs: http://old.example/
Types: deb deb-src
# https://mirror.example/snapshot
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
 contrib
Signed-By: /keys/mirror.gpg

Types: deb
URIs: http://security.example/debian
Suites: bookworm-security
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 -----END PGP PUBLIC KEY BLOCK-----

Types: deb
Enabled: no
URIs: http://disabled.example/
Suites: bookworm
Components: main

Types: deb-src
URIs: http://source.example/
Suites: bookworm
Components: main
`;
    const { release, base, all } = machineApt(debian, [{ name: "debian.sources", text }], unread);
    expect(release).toBe("bookworm");
    expect(base.uri).toBe("http://mirror.example/debian");
    expect(all.map((source) => sourceLine(source, source.signedBy))).toEqual([
      "deb [signed-by=/keys/mirror.gpg] http://mirror.example/debian bookworm main contrib\n",
      "deb [signed-by=/keys/mirror.gpg] http://mirror.example/debian bookworm-updates main contrib\n",
      "deb http://security.example/debian bookworm-security main\n",
    ]);
  });

  it("are read from lines with and without options, and other vendors' are left out", () => {
    const text = `# deb http://commented.example/ bookworm main
deb [arch=amd64 signed-by=/some/key.gpg] http://mirror.example/debian bookworm main # the mirror
deb-src http://mirror.example/debian bookworm main
deb https://vendor.example/apt stable main
deb http://vendor.example/apt bookworm vendor
`;
    const { all } = machineApt(debian, [{ name: "sources.list", text }], unread);
    expect(all).toEqual([
      {
        uri: "http://mirror.example/debian",
        suite: "bookworm",
        components: ["main"],
        signedBy: "/some/key.gpg",
      },
    ]);
  });

  it("may name a list of mirrors, of which the first is taken", () => {
    const text = "Types: deb\nURIs: mirror+file:/etc/apt/mirrors.txt\nSuites: bookworm\nComponents: main\n";
    const { base } = machineApt(debian, [{ name: "debian.sources", text }], (path) => {
      expect(path).toBe("/etc/apt/mirrors.txt");
      return "# mirrors\nhttp://first.example/debian/\tpriority:1\nhttp://second.example/debian\n";
    });
    expect(base.uri).toBe("http://first.example/debian/");
  });

  it("that lack the machine's own release are an error that names them", () => {
    const text = "deb [signed-by=/keys/mirror.gpg] http://mirror.example/debian trixie main\n";
    expect(() => machineApt(debian, [{ name: "/etc/apt/sources.list", text }], unread)).toThrow(
      /\/etc\/apt\/sources\.list.*"bookworm"/,
    );
  });
});
