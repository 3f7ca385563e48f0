import { X509Certificate } from "node:crypto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { directly } from "../../../../client/dialer.ts";
import { type Properties, unknown } from "../../../../model/contract/properties.ts";
import type { IssuedCertificate } from "../../../../model/tls/dependence.ts";
import { PartialFailure } from "../../../../provider/resource.ts";
import { contextOf } from "../../../support/context.ts";
import { selfSigned } from "../../../support/pem.ts";
import { trust } from "../../../support/plugin.ts";

const lookAtDependence = vi.hoisted(() => vi.fn());
vi.mock("../../../../client/dependence.ts", () => ({ lookAtDependence }));
vi.mock("../../../../provider/tls/clocks.ts", () => ({ refuseWrongClocks: async () => {} }));

const [first, second, third] = [selfSigned(), selfSigned(), selfSigned()].map(
  ({ certificate }) => certificate,
);
const fingerprint = (pem = "") => new X509Certificate(pem).fingerprint256;

const issued = (name: string, issuer = "F1", certificate = `C-${name}`): IssuedCertificate => ({
  name,
  issuer,
  certificate,
});
const state = {
  authorities: { "1": first },
  issued: [issued("dk"), issued("no")],
  servers: [],
  recycles: false,
};
const diffed = (news: Properties) =>
  trust.diff(state, state, { ...state, ...news }).changes.map(({ path }) => path);

/** What the servers answer where nothing hangs on an authority. */
const nothing = { live: [], silent: [], foreign: [], sessions: [] };
const cluster = { system: async () => "connection", dialer: directly } as never;
const context = contextOf(cluster);
const update = (olds: Properties, news: Properties) =>
  trust.update("trust", { ...state, ...olds }, { ...state, ...news }, context);
const issuedAfter = async (olds: Properties, news: Properties) => (await update(olds, news)).issued;

beforeEach(() => {
  lookAtDependence.mockReset().mockResolvedValue(nothing);
});

describe("trust that changes", () => {
  it("does not with the same again, in whatever order", () => {
    expect(diffed({})).toEqual([]);
    expect(diffed({ issued: [issued("no"), { certificate: "C-dk", issuer: "F1", name: "dk" }] })).toEqual([]);
  });

  it("does not with what is only looked at", () => {
    expect(diffed({ servers: [{ serverName: "dk" }], recycles: true })).toEqual([]);
  });

  it("does not for certificates that are not used any more: they stay known", () => {
    expect(diffed({ issued: [issued("dk")] })).toEqual([]);
  });

  it("does for an authority that comes, goes or becomes another one", () => {
    expect(diffed({ authorities: { "1": first, "2": second } })).toEqual(["authorities"]);
    expect(diffed({ authorities: {} })).toEqual(["authorities"]);
    expect(diffed({ authorities: { "1": second } })).toEqual(["authorities"]);
  });

  it("does for a new certificate, and never by a replacement", () => {
    const { changes, deleteBeforeReplace } = trust.diff(state, state, {
      ...state,
      issued: [issued("dk"), issued("no", "F1", "C-new")],
    });
    expect(changes).toEqual([{ path: "issued", kind: "update", replaces: false }]);
    expect(deleteBeforeReplace).toBe(false);
  });

  it("does for what a preview does not know yet, also in one place of many", () => {
    expect(diffed({ authorities: unknown, issued: unknown })).toEqual(["authorities", "issued"]);
    expect(diffed({ authorities: { "1": first, "2": unknown } })).toEqual(["authorities"]);
    expect(diffed({ issued: [issued("dk"), { ...issued("no"), certificate: unknown }] })).toEqual(["issued"]);
  });
});

describe("the certificates that the state knows", () => {
  it("are those of today and the earlier ones, each once", async () => {
    const renewed = issued("no", "F1", "C-new");
    expect(await issuedAfter({}, { issued: [issued("dk"), renewed] })).toEqual([
      issued("dk"),
      renewed,
      issued("no"),
    ]);
    expect(lookAtDependence).not.toHaveBeenCalled();
  });

  it("lose those of an authority that goes, and keep the earlier ones of the others", async () => {
    const [one, two] = [fingerprint(first), fingerprint(second)];
    const olds = {
      authorities: { "1": first, "2": second },
      issued: [issued("dk", two), issued("orders", two, "C-earlier"), issued("dk", one, "C-old")],
    };
    const news = { authorities: { "2": second }, issued: [issued("dk", two), issued("orders", two)] };
    expect(await issuedAfter(olds, news)).toEqual([
      issued("dk", two),
      issued("orders", two),
      issued("orders", two, "C-earlier"),
    ]);
  });

  it("all stay when an authority goes that has issued nothing", async () => {
    const earlier = [issued("dk"), issued("orders", "F1", "C-earlier")];
    const olds = { authorities: { "1": first, "2": second }, issued: earlier };
    expect(await issuedAfter(olds, { issued: [issued("dk")] })).toEqual(earlier);
  });

  it("stay as they were while an authority can't go", async () => {
    lookAtDependence.mockResolvedValue({
      ...nothing,
      live: ["the cluster port of dk serves a certificate of this CA"],
    });
    const olds = { ...state, authorities: { "1": first, "2": second } };
    const failure = await update(olds, {}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PartialFailure);
    expect(failure).toMatchObject({ id: "trust", state: olds });
    expect((failure as Error).message).toContain("CA 2 can't be dropped yet, nothing was changed");
  });
});

describe("the authorities that the servers are asked about", () => {
  const asked = () => lookAtDependence.mock.calls.map(([, authorities]) => authorities);

  it("are those that go, with what was issued before", async () => {
    const olds = { authorities: { "1": first, "2": second, "3": third } };
    const servers = [{ serverName: "dk" }];
    await update(olds, { authorities: { "2": second }, servers });
    expect(lookAtDependence.mock.calls).toEqual([
      ["connection", { dropped: [first, third], kept: [second] }, state.issued, servers, directly],
    ]);
  });

  it("are none when one comes", async () => {
    await update({}, { authorities: { "1": first, "2": second } });
    expect(asked()).toEqual([]);
  });

  it("have the one whose number another one takes: it is trusted no more", async () => {
    await update({ authorities: { "1": first, "2": second } }, { authorities: { "1": first, "2": third } });
    expect(asked()).toEqual([{ dropped: [second], kept: [first, third] }]);
  });
});

describe("an authority that goes", () => {
  const olds = { authorities: { "1": first, "2": second } };
  const refused = async (answer: Properties, news: Properties = {}) => {
    lookAtDependence.mockResolvedValue({ ...nothing, ...answer });
    const failure = await update(olds, news).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PartialFailure);
    return (failure as Error).message;
  };

  it("waits for a server that does not answer, first of all and whatever this update does", async () => {
    const live = ["the cluster port of dk serves a certificate of this CA"];
    expect(await refused({ silent: ["no", "se"], live }, { recycles: true })).toBe(
      "CA 2 can't be dropped yet, nothing was changed: no, se does not answer, so it is unknown what " +
        "depends on this CA there. Start the server (`docker start`, `docker logs`) and run `pulumi up` again",
    );
  });

  it("waits for clients with certificates from elsewhere as for sessions that are old", async () => {
    const answer = { foreign: ["the client x of dk"], sessions: ["the routes between dk and no"] };
    expect(await refused(answer)).toContain(
      "nothing was changed: the client x of dk; the routes between dk and no may use certificates of this CA. " +
        "Raise cluster.restartGeneration in the same change",
    );
    expect(await refused({ foreign: answer.foreign })).toContain("the client x of dk may use certificates");
  });

  it("may go with both when this update restarts every server", async () => {
    const answer = { foreign: ["the client x of dk"], sessions: ["the routes between dk and no"] };
    lookAtDependence.mockResolvedValue({ ...nothing, ...answer });
    expect((await update(olds, { recycles: true })).authorities).toEqual({ "1": first });
  });
});

describe("the highest number that an authority has had", () => {
  const highest = async (olds: Properties, authorities: Properties) =>
    (await update(olds, { authorities })).lastGeneration;

  it("is that of the newest, by number and not by letter", async () => {
    const { state: made } = await trust.create(
      { ...state, authorities: { "9": first, "12": second } },
      context,
    );
    expect(made.lastGeneration).toBe(12);
    expect(await highest({ lastGeneration: 1 }, { "1": first, "2": second })).toBe(2);
  });

  it("stays when that one goes: its number is not given twice", async () => {
    const olds = { authorities: { "1": first, "2": second }, lastGeneration: 2 };
    expect(await highest(olds, { "1": first })).toBe(2);
  });

  it("begins with what is there where an older program wrote none, and changes nothing by itself", async () => {
    expect(await highest({}, { "1": first })).toBe(1);
    expect(diffed({ lastGeneration: 7 })).toEqual([]);
  });
});

describe("trust", () => {
  it("takes over what is there when it comes", async () => {
    expect(await trust.create(state, context)).toEqual({
      id: "trust",
      state: { ...state, lastGeneration: 1 },
    });
    expect(lookAtDependence).not.toHaveBeenCalled();
  });

  it("refuses what is no input of it", () => {
    const { servers: _, ...without } = state;
    const { failures } = trust.check({ ...without, recycles: "yes", server: [] }, undefined);
    expect(failures.map(({ property }) => property)).toEqual(["servers", "recycles", "server"]);
  });
});
