import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./run.ts";

/** The `Packages` file of a flat archive. https://wiki.debian.org/DebianRepository/Format#A.22Packages.22_Indices */
export async function packagesIndex(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".deb")).sort();
  const paragraphs = [];
  for (const name of names) {
    const content = await readFile(join(folder, name));
    const control = await run("dpkg-deb", ["--field", join(folder, name)]);
    const sha256 = createHash("sha256").update(content).digest("hex");
    paragraphs.push(`${control}\nFilename: ./${name}\nSize: ${content.length}\nSHA256: ${sha256}\n`);
  }
  return paragraphs.join("\n");
}
