import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { consumerDefaults } from "../../../model/jetstream/consumer.ts";
import { streamDefaults } from "../../../model/jetstream/stream.ts";
import { readStackFile } from "../../../operations/stack-file/read.ts";
import { configurationSchema } from "../../../plan/config/configuration-schema.ts";
import { hostShape, peerShape, sshShape, wireguardShape } from "../../../plan/config/host-schema.ts";
import { policyShape } from "../../../plan/config/policy-schema.ts";
import { clusterShape, podShape, rolloutShape } from "../../../plan/config/schema.ts";
import { consumerShape, streamSchema, streamShape } from "../../../plan/config/stream-schema.ts";
import { authorityShape, leafShape, tlsShape } from "../../../plan/config/tls-schema.ts";
import { readProjectFile } from "../../support/product-texts.ts";

type Shown = Readonly<Record<string, unknown>>;

/** What the README's YAML blocks say, by section. */
const sections = new Map(
  [...readProjectFile("README.md").matchAll(/^```yaml\n([\s\S]*?)^```/gm)].flatMap(([, text = ""]) =>
    Object.entries(readStackFile(text, "README.md").config).map(
      ([key, value]) => [key.replace("unityplan-nats:", ""), value] as const,
    ),
  ),
);

/** What is shown at a path: `*` is each of a map, or each of a list, put together. */
function shownAt(path: string): Shown {
  const [first = "", ...rest] = path.split(".");
  const found = rest.reduce<readonly unknown[]>(
    (values, key) =>
      values.flatMap((value) => {
        if (key === "*") return Object.values(value as Shown);
        const below = (value as Shown)[key];
        return below === undefined ? [] : [below];
      }),
    [sections.get(first)],
  );
  return Object.assign({}, ...found) as Shown;
}

/** A key that the next release reads no more has no place in the README. */
const renamed = new Map([["without", "skip"]]);

const shapes: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = {
  "pods.*": podShape,
  cluster: clusterShape,
  rollout: rolloutShape,
  "streams.*": streamShape,
  "streams.*.consumers.*": consumerShape,
  tls: tlsShape,
  "tls.authorities.*": authorityShape,
  "tls.leaves.*": leafShape,
  "hosts.*": hostShape,
  "hosts.*.ssh": sshShape,
  "hosts.*.wireguard": peerShape,
  wireguard: wireguardShape,
};

describe("the README's YAML blocks", () => {
  it("have every section", () => {
    expect([...sections.keys()].sort()).toEqual(Object.keys(configurationSchema.unwrap().shape).sort());
  });

  it.each(Object.entries(shapes))("have every key of %s", (path, shape) => {
    const known = new Set(Object.keys(shape).map((key) => renamed.get(key) ?? key));
    expect(Object.keys(shownAt(path)).sort()).toEqual([...known].sort());
  });

  it("waive a rule that there is", () => {
    const { waive } = sections.get("policy") as { readonly waive: unknown };
    expect(Object.keys(policyShape.waive.parse(waive)).length).toBeGreaterThan(0);
  });
});

describe("a key with a default shows it in the README", () => {
  /** These show what can be below them. */
  const examples = ["authorities", "leaves", "consumers"];
  const withDefaults = Object.entries(shapes).flatMap(([path, shape]) =>
    Object.entries(shape).flatMap(([key, schema]) => {
      const { data } = schema.safeParse(undefined);
      const isShown = data !== undefined && !renamed.has(key) && !examples.includes(key);
      return isShown ? [{ at: `${path}.${key}`, path, key, schema, data }] : [];
    }),
  );

  it.each(withDefaults)("$at", ({ path, key, schema, data }) => {
    expect(schema.parse(shownAt(path)[key])).toEqual(data);
  });

  it("a stream", () => {
    const { maxAge, maxMessageSize, duplicateWindow, ...same } = streamSchema.parse(shownAt("streams.*"));
    const shown = {
      ...same,
      maxAgeSeconds: maxAge,
      maxMessageSizeBytes: maxMessageSize,
      duplicateWindowSeconds: duplicateWindow,
    };
    const { placementTags: _, maxConsumers: __, ...defaults } = streamDefaults;
    expect(shown).toMatchObject(defaults);
  });

  it("a consumer", () => {
    const { billing } = streamSchema.parse(shownAt("streams.*")).consumers;
    const { filters, ackWait, ...same } = billing ?? {};
    const { replicas: _, ...defaults } = consumerDefaults;
    expect({ ...same, filterSubjects: filters, ackWaitSeconds: ackWait }).toMatchObject(defaults);
  });
});

describe("the README's sample of faults", () => {
  it("names every section that there is", () => {
    const known = Object.keys(configurationSchema.unwrap().shape).join(", ");
    expect(readProjectFile("README.md")).toContain(`(known: ${known})`);
  });
});
