import { certificateLifetimes } from "./certificates.ts";
import { memoryLimit, pinnedImage, restartPolicy } from "./containers.ts";
import { dataKept, keysProtected } from "./kept.ts";
import type { RuleName } from "./names.ts";
import { publishedPort } from "./ports.ts";
import type { Rule } from "./rule.ts";
import { plainSecret } from "./secrets.ts";
import { streamCopies, territoryPlacement } from "./streams.ts";
import { tls } from "./tls.ts";

const all: Readonly<Record<RuleName, Rule>> = {
  "restart-policy": restartPolicy,
  "memory-limit": memoryLimit,
  "pinned-image": pinnedImage,
  "published-port": publishedPort,
  tls,
  "data-kept": dataKept,
  "keys-protected": keysProtected,
  "stream-copies": streamCopies,
  "territory-placement": territoryPlacement,
  "certificate-lifetimes": certificateLifetimes,
  "plain-secret": plainSecret,
};

/** Every rule of policy, in the order of the messages. */
export const rules: readonly Rule[] = Object.values(all);
