import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  keepEdits,
  localConfiguration,
  withSecretsLines,
} from "../../../../operations/stack/stack-configuration.ts";

let project: string;
let tracked: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "unityplan-kept-"));
  tracked = join(project, "Pulumi.dev.yaml");
  writeFileSync(join(project, "Pulumi.yaml"), "name: unityplan-nats\n");
  mkdirSync(join(project, "state"));
});

afterEach(() => {
  rmSync(project, { recursive: true, force: true });
});

/** The copy that Pulumi is given, after Pulumi wrote its salt into it. */
function copyOf(text: string, salt = "encryptionsalt: v1:local=\n") {
  writeFileSync(tracked, text);
  const copy = localConfiguration(project, join(project, "state"), "dev");
  writeFileSync(copy.file, readFileSync(copy.file, "utf8") + salt);
  return copy;
}

const now = () => readFileSync(tracked, "utf8");

describe("what `pulumi config set` wrote into the copy", () => {
  it("comes into the tracked file, without the salt of this machine", () => {
    const copy = copyOf("config:\n  a:b: 1\n");
    writeFileSync(copy.file, readFileSync(copy.file, "utf8").replace("a:b: 1", "a:b: 2"));
    keepEdits(project, copy);
    expect(now()).toBe("config:\n  a:b: 2\n");
  });

  it("leaves the tracked file's own salt: without it nobody could read its secrets", () => {
    const copy = copyOf("config:\n  a:b: 1\nencryptionsalt: v1:theirs=\n");
    writeFileSync(copy.file, readFileSync(copy.file, "utf8").replace("a:b: 1", "a:b: 2"));
    keepEdits(project, copy);
    expect(now()).toBe("config:\n  a:b: 2\nencryptionsalt: v1:theirs=\n");
  });

  it.each([
    ["as it ends", "config:\n  a:b: 1"],
    ["with its blank lines", "config:\n  a:b: 1\n\n\n"],
    ["with its own salt, wherever that stands", "encryptionsalt: v1:theirs=\nconfig:\n  a:b: 1\n"],
  ])("is nothing where Pulumi only looked: the tracked file stays %s", (_, text) => {
    copyOf(text);
    // The next command makes the copy anew, with the salt that it had.
    const copy = localConfiguration(project, join(project, "state"), "dev");
    const long = new Date("2020-01-01T00:00:00Z");
    utimesSync(tracked, long, long);
    keepEdits(project, copy);
    expect(now()).toBe(text);
    expect(statSync(tracked).mtime).toEqual(long);
  });
});

describe("what Pulumi needs to read a new stack's secrets", () => {
  const written = "# mine\nconfig:\n\n  a:b: { c: 1 }\n";

  it("comes into the file, whose layout stays as people wrote it", () => {
    const laidOut = "# mine\nconfig:\n  a:b: {c: 1}\nencryptionsalt: v1:new=\n";
    expect(withSecretsLines(written, laidOut)).toBe(`${written}encryptionsalt: v1:new=\n`);
    const provided =
      "secretsprovider: awskms://alias/x\nencryptedkey: AQ==\n# mine\nconfig:\n  a:b: {c: 1}\n";
    expect(withSecretsLines(written, provided)).toBe(
      `${written}secretsprovider: awskms://alias/x\nencryptedkey: AQ==\n`,
    );
  });

  it("takes the place of another stack's", () => {
    const old = `encryptionsalt: v1:old=\n${written}`;
    const laidOut = "config:\n  a:b: {c: 1}\nencryptionsalt: v1:new=\n";
    expect(withSecretsLines(old, laidOut)).toBe(`${written}encryptionsalt: v1:new=\n`);
  });

  it("comes behind the blank lines of a file with CRLF, as its lines are", () => {
    const crlf = `${written}\n`.replaceAll("\n", "\r\n");
    const laidOut = "config:\n  a:b: {c: 1}\nencryptionsalt: v1:new=\n";
    expect(withSecretsLines(crlf, laidOut)).toBe(`${crlf}encryptionsalt: v1:new=\r\n`);
    expect(withSecretsLines("config: {}", laidOut)).toBe("config: {}\nencryptionsalt: v1:new=\n");
  });

  it("is nothing where the file has it", () => {
    const whole = `${written}encryptionsalt: v1:new=\n`;
    expect(withSecretsLines(whole, "config:\n  a:b: {c: 1}\nencryptionsalt: v1:new=\n")).toBe(whole);
  });
});
