import { describe, expect, it } from "vitest";
import { diagnosed } from "../../../../operations/preview/diagnostics.ts";

function said(severity: string, ...messages: readonly string[]) {
  return messages.map((message) => ({ severity, message: `${severity}: ${message}\n` }));
}

describe("what a preview of Pulumi says", () => {
  it("is how many resources are created", () => {
    const steps = ["create", "create", "read"].map((op) => ({ op, urn: "" }));
    expect(diagnosed(`some words\n${JSON.stringify({ steps })}`)).toMatchObject({ created: 2, faults: [] });
  });

  it("is how many stay as they are, also where nothing else is said", () => {
    expect(diagnosed(JSON.stringify({ changeSummary: { same: 69 } }))).toMatchObject({
      unchanged: 69,
      created: 0,
    });
  });

  it("is each fault by itself, in one order and once", () => {
    const diagnostics = said(
      "error",
      "The configuration in Pulumi.dev.yaml has 2 faults:\ndev pods: second\ndev hosts: first",
      "a policy",
      "a policy",
      "preview failed",
    );
    expect(diagnosed(JSON.stringify({ diagnostics }))?.faults).toEqual([
      "a policy",
      "dev hosts: first",
      "dev pods: second",
    ]);
  });

  it("is each reason against a step by itself", () => {
    const message =
      "dev can't be updated to Pulumi.dev.yaml in one step, for 2 reasons; nothing was touched:\none\ntwo";
    expect(diagnosed(JSON.stringify({ diagnostics: said("error", message) }))?.faults).toEqual([
      "one",
      "two",
    ]);
  });

  it("is the program's warnings without those of this machine", () => {
    const diagnostics = said(
      "warning",
      "using pulumi-language-nodejs from $PATH at /some/where",
      "a warning",
    );
    expect(diagnosed(JSON.stringify({ diagnostics }))?.warnings).toEqual(["a warning"]);
  });

  it("is nothing where it did not come to speak", () => {
    for (const text of ["", "error: no such stack", "{}", "{ half"]) expect(diagnosed(text)).toBeUndefined();
  });
});
