import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Diff, type Properties, unknown } from "../../../../model/contract/properties.ts";
import { contextOf } from "../../../support/context.ts";
import { fakeCluster } from "../../../support/fake-cluster.ts";
import { renewal } from "../../../support/plugin.ts";

const fingerprint = (byte: string) => Array(32).fill(byte).join(":");
const hour = 3_600_000;
const start = new Date("2030-01-01T00:00:00.000Z");
const context = contextOf(fakeCluster(() => undefined));

/** 100 hours, due after 90; the authority lasts for 1000. */
const inputs = {
  commonName: "service-nats-dk",
  names: ["service-nats-dk", "localhost", "127.0.0.1"],
  issuer: fingerprint("A1"),
  issuerEndsAt: new Date(start.getTime() + 1000 * hour).toISOString(),
  successorIncoming: false,
  lifetimeHours: 100,
  renewBeforeHours: 10,
};

const afterHours = (hours: number) => vi.setSystemTime(start.getTime() + hours * hour);

/** The state of one that was made at the start. */
async function made(more: Properties = {}): Promise<Properties> {
  return (await renewal.create({ ...inputs, ...more }, context)).state;
}

async function diffAfter(hours: number, news: Properties = {}, olds: Properties = {}): Promise<Diff> {
  afterHours(0);
  const state = await made(olds);
  afterHours(hours);
  return renewal.diff(state, { ...inputs, ...olds }, { ...inputs, ...olds, ...news });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: start });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the inputs of a renewal", () => {
  const properties = (news: Properties, olds?: Properties) =>
    renewal.check(news, olds).failures.map(({ property }) => property);

  it("are all found out about at once", () => {
    expect(
      properties({
        commonName: "",
        names: "dk",
        issuer: "aa",
        issuerEndsAt: "soon",
        successorIncoming: "no",
        lifetimeHours: 0,
        renewBeforeHours: -1,
        days: 3,
      }),
    ).toEqual([
      "commonName",
      "names",
      "issuer",
      "issuerEndsAt",
      "successorIncoming",
      "lifetimeHours",
      "renewBeforeHours",
      "days",
    ]);
  });

  it("may be unknown before an update: a new authority is", () => {
    expect(properties({ ...inputs, issuer: unknown, issuerEndsAt: unknown })).toEqual([]);
  });

  it("need no name beside the common one: a client has none", () => {
    expect(properties({ ...inputs, names: [] })).toEqual([]);
  });
});

describe("a certificate that would outlive its authority", () => {
  const short = { ...inputs, issuerEndsAt: new Date(start.getTime() + 99 * hour).toISOString() };

  it("is refused in the preview when it is to be made, with what to do", () => {
    const [failure, ...others] = renewal.check(short, undefined).failures;
    expect(others).toEqual([]);
    expect(failure?.property).toBe("lifetimeHours");
    expect(failure?.reason).toBe(
      "would end on 2030-01-05T04:00:00.000Z, but its CA ends on 2030-01-05T03:00:00.000Z, and the certificate is " +
        "refused from then on. Rotate the CA first (`npm run rotate -- ca`), or set a shorter tls.leafLifetime",
    );
  });

  it("is not made in an update either", async () => {
    await expect(renewal.create(short, context)).rejects.toThrow(
      /^service-nats-dk would end on 2030-01-05T04/,
    );
  });

  it("says nothing while it is there and not due", async () => {
    expect(renewal.check(short, inputs).failures).toEqual([]);
    expect((await diffAfter(89, { issuerEndsAt: short.issuerEndsAt })).changes).toEqual([]);
  });

  it("may end in the same moment", () => {
    const same = { ...inputs, issuerEndsAt: new Date(start.getTime() + 100 * hour).toISOString() };
    expect(renewal.check(same, undefined).failures).toEqual([]);
  });
});

describe("a renewal", () => {
  it("writes down when it was made and when it is due, under a name of its own each time", async () => {
    const [first, second] = [await renewal.create(inputs, context), await renewal.create(inputs, context)];
    expect(first.state).toEqual({
      ...inputs,
      issuedAt: "2030-01-01T00:00:00.000Z",
      dueAt: "2030-01-04T18:00:00.000Z",
    });
    expect(first.id).not.toBe(second.id);
  });

  it("promises no time in a preview", () => {
    expect(renewal.preview(inputs, undefined)).toEqual({ ...inputs, issuedAt: unknown, dueAt: unknown });
  });

  it.each<[string, Properties]>([
    ["commonName", { commonName: "other" }],
    ["names", { names: ["service-nats-dk", "localhost", "192.168.60.133"] }],
    ["issuer", { issuer: fingerprint("B2") }],
    ["issuer", { issuer: unknown }],
    ["lifetimeHours", { lifetimeHours: 50 }],
  ])("makes a new certificate for another %s", async (path, news) => {
    expect((await diffAfter(1, news)).changes).toEqual([{ path, kind: "update", replaces: true }]);
  });

  it.each<[string, Properties]>([
    ["the same again", {}],
    ["another end of the authority", { issuerEndsAt: new Date(start.getTime() + 2000 * hour).toISOString() }],
    ["a successor on its way", { successorIncoming: true }],
    ["another window that has not begun", { renewBeforeHours: 20 }],
  ])("makes none for %s", async (_, news) => {
    expect((await diffAfter(1, news)).changes).toEqual([]);
  });
});

describe("a certificate that is due", () => {
  const due = [{ path: "dueAt", kind: "update", replaces: true, isOutput: true }];

  it("is made anew from the very moment on, and shown as what it is", async () => {
    expect((await diffAfter(90 - 1 / 3600)).changes).toEqual([]);
    expect((await diffAfter(90)).changes).toEqual(due);
  });

  it("is so by the window that is configured now, not by the one of the time it was made", async () => {
    expect((await diffAfter(50, { renewBeforeHours: 60 })).changes).toEqual(due);
    expect((await diffAfter(95, { renewBeforeHours: 1 })).changes).toEqual([]);
  });

  it("is so by its end too: an expired one is made anew", async () => {
    expect((await diffAfter(500)).changes).toEqual(due);
  });

  it("is so where it was made while the clock was ahead: it is not valid yet", async () => {
    expect((await diffAfter(-1000)).changes).toEqual(due);
    expect((await diffAfter(-5.001 / 3600)).changes).toEqual(due);
  });

  it("is not so where the clock was a little ahead", async () => {
    expect((await diffAfter(-5 / 3600)).changes).toEqual([]);
  });

  describe("and whose successor would outlive the authority", () => {
    const ends = { issuerEndsAt: new Date(start.getTime() + 150 * hour).toISOString() };

    it("stops the update: nobody may find out when it is too late", async () => {
      await expect(diffAfter(95, {}, ends)).rejects.toThrow(
        /^service-nats-dk would end on .* Rotate the CA first \(`npm run rotate -- ca`\)/,
      );
    });

    it("stays for the time that another authority takes to come", async () => {
      expect((await diffAfter(95, { successorIncoming: true }, ends)).changes).toEqual([]);
    });

    it("is made anew by that one", async () => {
      const issuer = {
        issuer: fingerprint("B2"),
        issuerEndsAt: new Date(start.getTime() + 9000 * hour).toISOString(),
      };
      expect((await diffAfter(95, issuer, ends)).changes.map(({ path }) => path)).toEqual(["issuer"]);
    });
  });
});

describe("what makes nothing on a server", () => {
  it("is as the state has it, and can't be imported", async () => {
    const state = await made();
    expect(await renewal.read("id", inputs, state, context)).toEqual({ id: "id", inputs, state });
    await expect(renewal.read("id", undefined, undefined, context)).rejects.toThrow(
      "nats:tls:Renewal can't be imported",
    );
  });
});
