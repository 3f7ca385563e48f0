import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const project = fileURLToPath(new URL("../..", import.meta.url));

/** The rooms that people hear from. */
const rooms = ["components", "plan", "model", "client", "provider", "operations", "toolchain", "bench"];

/** Where else the product speaks: the program itself, stacks, workflows. */
const others = ["index.ts", "main.js", "Pulumi.dev.yaml", "Pulumi.prod.yaml"];

/** Every file of the product that may have a message, a help text or a comment, by its path from the project. */
export function productFiles(): readonly string[] {
  const inRooms = rooms.flatMap((room) => filesBelow(room)).filter((file) => /\.m?[jt]s$/.test(file));
  return [...others, ...inRooms, ...filesBelow(".github")].filter(
    (file) => !file.startsWith("toolchain/go/"),
  );
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(project, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(project.length));
}

export function readProjectFile(file: string): string {
  return readFileSync(join(project, file), "utf8");
}

/** The messages and help texts of a file. A file that is no program is one text. */
export function messagesOf(file: string): readonly string[] {
  const text = readProjectFile(file);
  return /\.m?[jt]s$/.test(file) ? messagesIn(text) : [text];
}

/**
 * The messages in a program: literals with a space in them, because a literal without a space is a key or a name. Texts that
 * are added to each other are one text, and `…` stands for a value.
 */
export function messagesIn(program: string): readonly string[] {
  const source = ts.createSourceFile("program.ts", program, ts.ScriptTarget.Latest);
  const messages: string[] = [];
  const visit = (node: ts.Node): void => {
    const message = messageIn(node);
    if (message === undefined) ts.forEachChild(node, visit);
    else if (/\s/.test(message)) messages.push(message);
    // A value inside of a text may be a text itself.
    if (message !== undefined) for (const value of valuesIn(node)) visit(value);
  };
  visit(source);
  return messages;
}

function messageIn(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
  if (!isSum(node)) return undefined;
  const [left, right] = [messageIn(node.left), messageIn(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}

function valuesIn(node: ts.Node): readonly ts.Node[] {
  if (ts.isTemplateExpression(node)) return node.templateSpans.map(({ expression }) => expression);
  return isSum(node) ? [...valuesIn(node.left), ...valuesIn(node.right)] : [];
}

function isSum(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}
