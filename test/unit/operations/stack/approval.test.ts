import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Failure } from "../../../../operations/cli/command.ts";
import { approvalFlags } from "../../../../operations/stack/approval.ts";

const terminal = Object.getOwnPropertyDescriptor(process.stdin, "isTTY");

function sitAt(isTTY: boolean): void {
  Object.defineProperty(process.stdin, "isTTY", { value: isTTY, configurable: true });
}

beforeEach(() => sitAt(false));

afterEach(() => {
  if (terminal === undefined) Reflect.deleteProperty(process.stdin, "isTTY");
  else Object.defineProperty(process.stdin, "isTTY", terminal);
});

describe("an update", () => {
  it("of dev asks nothing and shows no preview", () => {
    expect(approvalFlags("up", "dev", false)).toEqual(["--yes", "--skip-preview"]);
    expect(approvalFlags("up", "dev", true)).toEqual(["--yes", "--skip-preview"]);
  });

  it("of another stack is asked about at a terminal", () => {
    sitAt(true);
    expect(approvalFlags("up", "prod", false)).toEqual([]);
  });

  it("of another stack shows its preview and goes on where that was said", () => {
    expect(approvalFlags("up", "prod", true)).toEqual(["--yes"]);
  });

  it.each([
    ["up", "npm run up -- --yes prod"],
    ["rotate -- ca", "npm run rotate -- ca --yes prod"],
    ["rotate -- leaves", "npm run rotate -- leaves --yes prod"],
  ])("of another stack by %s is refused where nobody can be asked, with what to say", (command, line) => {
    expect(() => approvalFlags(command, "prod", false)).toThrow(Failure);
    expect(() => approvalFlags(command, "prod", false)).toThrow(
      `Read \`npm run preview -- prod\`, then run \`${line}\`.`,
    );
  });
});
