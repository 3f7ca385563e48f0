import { describe, expect, it } from "vitest";
import { findOldWord, oldWordsOf } from "../../support/glossary.ts";
import { parsePage } from "../../support/markdown.ts";
import { pages } from "../../support/pages.ts";
import { messagesIn, messagesOf, productFiles, readProjectFile } from "../../support/product-texts.ts";

/** Files with a message that a golden value pins word by word. The next change of that golden value rewords the message. */
const pinnedByGolden = ["plan/config/warnings.ts"];

/** Scripts that run on hosts. A word of them is an input of a resource: a new word runs the script again on every host. */
const hostScripts = [
  "plan/render/host/",
  "plan/render/wireguard/",
  "provider/host/mesh-script.ts",
  "provider/host/survey-script.ts",
];

/** Subjects of certificates. A new word in a subject replaces the CA of every new stack. */
const certificateSubjects = ["components/tls/authority.ts"];

/** A name in the plan document, which commits exchange: a new word would show as a change against an older base. */
const planDocument = ["operations/preview/document/servers.ts"];

/** Files that read an old word for one more release, and name it in their warning. */
const readOldWords: readonly string[] = [];

const glossary = "docs/glossary.md";
const oldWords = oldWordsOf(readProjectFile(glossary));

/** The CHANGELOG lists the old words under this heading, for people who upgrade. */
const oldWordsHeading = "### Old words";

function pageOf(file: string) {
  if (file !== "CHANGELOG.md") return pages.get(file);
  const [before = "", after = ""] = readProjectFile(file).split(oldWordsHeading);
  return parsePage(before + after.slice(after.search(/\n##? /)));
}

describe("the glossary", () => {
  it("has the words that people are to write no more", () => {
    expect(oldWords).toContainEqual({ text: "mend", isCode: false });
    expect(oldWords).toContainEqual({ text: "phase: used", isCode: true });
    expect(oldWords.length).toBeGreaterThan(40);
  });

  it("names each of them once", () => {
    const texts = oldWords.map(({ text }) => text);
    expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([]);
  });
});

describe("a word of the column", () => {
  const found = (word: string, text: string) => findOldWord({ text: word, isCode: false }, text).length;

  it.each([
    ["mend", "Mend what it names", 1],
    ["mend", "it was mended, and it mends", 2],
    ["mend", "an amendment, a recommended one", 0],
    ["said", "nobody said: so", 0],
    ["authority", "an authority, the key tls.authority", 1],
    ["authority", "authority-1, authority: {}, authorityLifetime", 0],
    ["for good", "it goes for good.", 1],
  ])("%s is found in: %s", (word, text, count) => {
    expect(found(word, text)).toBe(count);
  });
});

describe("the messages of a program", () => {
  /** A template as a program has it. */
  function template(before: string, value: string, after: string): string {
    return `\`${before}\${${value}}${after}\``;
  }

  it.each([
    ["a literal", 'throw new Error("mend that");', ["mend that"]],
    ["a template", `log(${template("the pod ", "id", " is gone")});`, ["the pod … is gone"]],
    [
      "texts that are added",
      `log("the pod " + ${template("", "id", " is ")} + "gone");`,
      ["the pod … is gone"],
    ],
    [
      "a text inside of a value",
      `log(${template("it is ", 'bad ? "not there" : "there"', "")});`,
      ["it is …", "not there"],
    ],
  ])("%s", (_, program, messages) => {
    expect(messagesIn(program)).toEqual(messages);
  });

  it("are neither keys nor comments", () => {
    expect(messagesIn('/** Mend it. */\nconst mend = { "mend": settings["mended"] }; // mend it')).toEqual(
      [],
    );
  });

  it("are found in the product", () => {
    expect(messagesOf("operations/down.ts").join("\n")).toContain("This deletes every message of");
  });
});

describe("no old word stands in", () => {
  it.each([...pages.keys()].filter((file) => file !== glossary))("%s", (file) => {
    const { prose = "", code = [] } = pageOf(file) ?? {};
    const faults = oldWords.flatMap((word) => [
      ...findOldWord(word, prose),
      ...code.flatMap((text) => findOldWord(word, text)),
    ]);
    expect(faults).toEqual([]);
  });

  it.each(
    productFiles().filter((file) =>
      [...pinnedByGolden, ...hostScripts, ...certificateSubjects, ...planDocument].every(
        (exempt) => !file.startsWith(exempt),
      ),
    ),
  )("%s", (file) => {
    const looked = oldWords.filter(({ isCode }) => !isCode || !readOldWords.includes(file));
    const faults = looked.flatMap((word) => messagesOf(file).flatMap((text) => findOldWord(word, text)));
    expect(faults).toEqual([]);
  });
});

describe("a list of exemptions", () => {
  it.each([...pinnedByGolden, ...hostScripts, ...certificateSubjects, ...planDocument, ...readOldWords])(
    "names what is there: %s",
    (exempt) => {
      expect(productFiles().some((file) => file.startsWith(exempt))).toBe(true);
    },
  );

  it("names the CHANGELOG's old words", () => {
    expect(readProjectFile("CHANGELOG.md")).toContain(`\n${oldWordsHeading}\n`);
  });
});
