import { readdirSync } from "node:fs";
import { type Page, parsePage } from "./markdown.ts";
import { project, readProjectFile } from "./product-texts.ts";

/** Every page that people read, by its path from the project. */
export const pageFiles: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "bench/README.md",
  "toolchain/README.md",
  ...readdirSync(`${project}docs`)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

export const pages: ReadonlyMap<string, Page> = new Map(
  pageFiles.map((file) => [file, parsePage(readProjectFile(file))]),
);
