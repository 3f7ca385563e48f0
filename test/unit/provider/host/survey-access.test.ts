import { describe, expect, it } from "vitest";
import { accessFault, isKeyFault } from "../../../../provider/host/survey-access.ts";
import { type ClockLead, clockFaults, clockLead } from "../../../../provider/host/survey-clocks.ts";
import { fingerprintOf } from "../../../../provider/host/survey-keys.ts";
import { surveyedHost } from "../../../support/survey.ts";

const { ssh } = surveyedHost("dk");
const failed = (stderr: string, code = 255) => ({ code, stdout: "", stderr });
const fault = (stderr: string, over: Partial<typeof ssh> = {}, shown: readonly string[] = []) =>
  accessFault({ ...ssh, ...over }, failed(stderr), shown);

describe("a host that can't be asked", () => {
  it("is not reached, in OpenSSH's own words", () => {
    expect(fault("ssh: connect to host 192.0.2.1 port 22: Connection refused\r\n")).toMatch(
      /^can't be reached at 192\.0\.2\.1:22: ssh: connect to host 192\.0\.2\.1 port 22: Connection refused\. .*--skip/,
    );
    expect(fault("no answer within 20000 ms")).toContain("no answer within 20000 ms");
    expect(fault("")).toContain("no reason was given");
  });

  it("shows another key: both are named, and how they are compared", () => {
    const stderr = "Host key for 192.0.2.1 has changed; Host key verification failed";
    const said = fault(stderr, {}, ["ssh-ed25519 SHA256:abc"]);
    expect(said).toContain("192.0.2.1:22 shows ssh-ed25519 SHA256:abc, and not the one in ssh.hostKey");
    expect(said).toContain("ssh-ed25519 SHA256:fthnPM35TFDsLuwX15dKKlkD5HmGWdbXEu2PK5Z7qFQ");
    expect(said).toContain("do not copy the new key without a check");
    expect(said).toContain("`ssh-keyscan -p 22 192.0.2.1 | ssh-keygen -lf -`");
    expect(fault(stderr)).toContain("192.0.2.1:22 shows another key");
    expect(isKeyFault(failed(stderr))).toBe(true);
  });

  it("shows keys of other kinds only", () => {
    const stderr =
      "Unable to negotiate with 192.0.2.1 port 22: no matching host key type found. Their offer: rsa-sha2-512,rsa-sha2-256";
    expect(isKeyFault(failed(stderr))).toBe(true);
    expect(fault(stderr, {}, ["ssh-rsa SHA256:xyz"])).toContain("shows ssh-rsa SHA256:xyz, and not the one");
    expect(isKeyFault(failed("Connection refused"))).toBe(false);
  });

  it("does not let the user in: which key it wants", () => {
    const stderr = "admin@192.0.2.1: Permission denied (publickey).";
    expect(fault(stderr, { user: "admin" })).toMatch(
      /does not let the user admin in \(Permission denied \(publickey\)\)\. This machine needs a key of the SSH agent/,
    );
    expect(fault(stderr, { identityFile: "~/.ssh/prod" })).toContain(
      "the key in ssh.identityFile (~/.ssh/prod;",
    );
    expect(fault("Received disconnect: Too many authentication failures")).toContain(
      "does not let the user root in",
    );
  });

  it("does not let the user become root", () => {
    const refused = failed("sudo: a password is required\n", 1);
    expect(accessFault({ ...ssh, user: "admin" }, refused, [])).toBe(
      "the user admin may not become root without a password: sudo: a password is required. Allow it with the line " +
        '"admin ALL=(ALL) NOPASSWD: ALL" in /etc/sudoers.d/admin (mode 0440), or log in as root',
    );
    expect(accessFault(ssh, failed("This account is not available.", 1), [])).toContain(
      "the shell of root does not run a script: This account is not available",
    );
  });

  it("is this machine's fault, where the client is missing or too old", () => {
    expect(fault("spawn ssh ENOENT")).toContain("the OpenSSH client is missing on this machine");
    expect(fault("command-line: line 0: Bad configuration option: knownhostscommand")).toContain(
      "8.5 or later",
    );
  });
});

describe("a fingerprint", () => {
  it("is the one that OpenSSH shows", () => {
    expect(fingerprintOf(ssh.hostKey.split(" ")[1] ?? "")).toBe(
      "SHA256:fthnPM35TFDsLuwX15dKKlkD5HmGWdbXEu2PK5Z7qFQ",
    );
  });
});

describe("a host's clock", () => {
  const lead = (id: string, leastMs: number, mostMs = leastMs): ClockLead => ({ id, leastMs, mostMs });

  it("is ahead by what lies between question and answer", () => {
    expect(clockLead("dk", 1_000, `${10 ** 12 + 1_500}000000`, 1_200)).toEqual({
      id: "dk",
      leastMs: 10 ** 12 + 300,
      mostMs: 10 ** 12 + 500,
    });
  });

  it("is unknown when it is no number", () => {
    expect(["", "17000000000N", "date: invalid"].map((text) => clockLead("dk", 0, text, 1))).toEqual(
      Array(3).fill(undefined),
    );
  });

  it("is right within a second, and by as much as a slow answer leaves open", () => {
    expect(clockFaults([lead("dk", 0, 900), lead("no", -3_000, 1_000), lead("se", -1_000)])).toEqual([]);
  });

  it("is wrong beyond a second, ahead or behind this machine's", () => {
    const [ahead, behind] = clockFaults([lead("dk", 1_001, 1_400), lead("no", -9_000, -2_500)]);
    expect(ahead).toMatchObject({ id: "dk" });
    expect(ahead?.fault).toMatch(
      /^its clock is at least 1\.0 s ahead of this machine's; clocks may differ by at most 1 s\. .*chrony/,
    );
    expect(behind?.fault).toMatch(/^its clock is at least 2\.5 s behind this machine's/);
  });

  it("is wrong beside another host's, where both are right beside this machine's", () => {
    const faults = clockFaults([lead("dk", 800), lead("no", -700), lead("se", 0)]);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.fault).toMatch(/^its clock is at least 1\.5 s ahead of that of no/);
    expect(clockFaults([lead("dk", 5_000), lead("no", -700)])).toHaveLength(1);
  });
});
