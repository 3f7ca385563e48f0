import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { usualNames } from "../../../plan/pod-names.ts";

const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/);
const resourcePrefix = fc.stringMatching(/^([a-z][a-z0-9-]{0,29})?$/);
const kinds = Object.entries(usualNames);

describe("the usual name of a pod's thing on its engine", () => {
  it.each(kinds)("%s is read as what it was made of, and as no other kind", (kind, { of, parse }) => {
    fc.assert(
      fc.property(fc.record({ id, resourcePrefix }), (parts) => {
        // An id that holds the beginning of a name can't be told from a longer prefix.
        fc.pre(!/service-nats-|unityplan-nats-|pod-/.test(`${parts.resourcePrefix} ${parts.id}`));
        const name = of(parts);
        expect(parse(name)).toEqual(parts);
        const readings = kinds.filter(([, form]) => form.parse(name) !== undefined);
        expect(readings.map(([other]) => other)).toEqual([kind]);
      }),
    );
  });

  it.each(kinds)("%s is made again of what is read, whatever that is", (_, { of, parse }) => {
    fc.assert(
      fc.property(fc.record({ id, resourcePrefix }), (parts) => {
        const name = of(parts);
        const read = parse(name);
        expect(read && of(read)).toBe(name);
      }),
    );
  });

  it("is none where the id can't be one", () => {
    expect(usualNames.server.parse("service-nats-")).toBeUndefined();
    expect(usualNames.server.parse("nats-dk")).toBeUndefined();
    expect(usualNames.server.parse("service-nats-1")).toBeUndefined();
  });
});
