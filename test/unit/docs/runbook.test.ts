import { describe, expect, it } from "vitest";
import { pages } from "../../support/pages.ts";
import { messagesOf, productFiles } from "../../support/product-texts.ts";

/** Messages that the runbook explains and that come from Docker, Pulumi, nats-server or GitHub. */
const ofOtherPrograms = [
  "address already in use",
  "device or resource busy",
  "is already in use by container",
  "no space left on device",
  "permission denied",
  "TLS route handshake error: EOF",
  "the stack is currently locked",
  "using pulumi-resource-",
];

const messages = productFiles().flatMap(messagesOf).join("\n");

/** The messages that the sections start with. */
const quoted = (pages.get("docs/runbook.md")?.headings ?? []).flatMap((heading) =>
  [...heading.matchAll(/`([^`]+)`/g)].map(([, message = ""]) => message),
);

describe("the runbook quotes messages word for word", () => {
  it.each(quoted.filter((message) => !ofOtherPrograms.includes(message)))("%s", (message) => {
    for (const part of message.split("…")) expect(messages).toContain(part);
  });

  it("quotes most of them in its headings", () => {
    expect(quoted.length).toBeGreaterThan(30);
    expect(ofOtherPrograms.filter((message) => !quoted.includes(message))).toEqual([]);
  });
});
