import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorsOf, parsePage } from "../../support/markdown.ts";
import { pages } from "../../support/pages.ts";
import { productFiles, project, readProjectFile } from "../../support/product-texts.ts";

/** What is wrong with a link; undefined if it leads somewhere. */
function faultOf(file: string, anchor: string | undefined): string | undefined {
  if (!existsSync(join(project, file))) return `there is no ${file}`;
  if (anchor === undefined) return undefined;
  const anchors = anchorsOf(parsePage(readProjectFile(file)).headings);
  return anchors.includes(anchor) ? undefined : `${file} has no heading #${anchor}`;
}

/** @param from the page that has the link */
function faultOfLink(from: string, link: string): string | undefined {
  const [path = "", anchor] = link.split("#");
  return faultOf(path === "" ? from : normalize(join(dirname(from), path)), anchor);
}

/** Pages that a text names from the project's folder, as in docs/losses.md#streams-in-memory. */
function namedPages(text: string): (readonly [file: string, anchor: string | undefined])[] {
  const names = text.matchAll(
    /(?<![\w./-])((?:docs\/[\w-]+|README|CONTRIBUTING|CHANGELOG)\.md)(?:#([\w-]+))?/g,
  );
  return [...names].map(([, file = "", anchor]) => [file, anchor] as const);
}

describe("anchors are those of GitHub", () => {
  it.each([
    ["What is guarded", "what-is-guarded"],
    ["`npm run down`, and then?", "npm-run-down-and-then"],
    ["A host – or a pod – more", "a-host--or-a-pod--more"],
    ["It says `… is not there`", "it-says--is-not-there"],
    ["See [the page](docs/policy.md#waivers)", "see-the-page"],
  ])("%s", (heading, anchor) => {
    expect(anchorsOf([heading])).toEqual([anchor]);
  });

  it("a number tells two of the same heading apart", () => {
    expect(anchorsOf(["Clients", "Clients"])).toEqual(["clients", "clients-1"]);
  });
});

describe("links outside of code", () => {
  it("are found", () => {
    const page = parsePage(
      "See [a](b.md#c), `[no](link)`.\n\n    [no](code)\n\n```\n[no](fence)\n```\n[d](e)\n",
    );
    expect(page.links).toEqual(["b.md#c", "e"]);
  });
});

describe("every relative link leads somewhere", () => {
  it.each([...pages])("%s", (file, { links }) => {
    const relative = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(relative.flatMap((link) => faultOfLink(file, link) ?? [])).toEqual([]);
  });

  it.each(["README.md", "CONTRIBUTING.md", "docs/runbook.md"])("%s has some", (file) => {
    expect(pages.get(file)?.links.length).toBeGreaterThan(3);
  });
});

describe("every page that the product names is there", () => {
  const naming = productFiles()
    .map((file) => ({ file, named: namedPages(readProjectFile(file)) }))
    .filter(({ named }) => named.length > 0);

  it.each(naming)("$file", ({ named }) => {
    expect(named.flatMap(([file, anchor]) => faultOf(file, anchor) ?? [])).toEqual([]);
  });

  it("and some files do name one", () => {
    expect(naming.map(({ file }) => file)).toContain("operations/rotate.ts");
  });
});

describe("every page of docs/", () => {
  const [, index = ""] = readProjectFile("README.md").split("\n## Documentation\n");
  const indexed = parsePage(index).links;

  it.each([...pages.keys()].filter((file) => file.startsWith("docs/")))(
    "%s is in the README's index",
    (file) => {
      expect(indexed).toContain(file);
    },
  );
});
