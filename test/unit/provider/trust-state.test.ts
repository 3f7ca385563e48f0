import { X509Certificate } from "node:crypto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { IssuedCertificate } from "../../../model/dependence.ts";
import { PartialFailure, type Properties, unknown } from "../../../provider/resource.ts";
import { trust } from "../../../provider/tls/trust.ts";
import { contextOf } from "../../support/context.ts";
import { selfSigned } from "../../support/pem.ts";

const lookAtDependence = vi.hoisted(() => vi.fn());
vi.mock("../../../client/dependence.ts", () => ({ lookAtDependence }));
vi.mock("../../../provider/tls/clocks.ts", () => ({ refuseWrongClocks: async () => {} }));

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

const cluster = { system: async () => "connection" } as never;
const context = contextOf(cluster);
const update = (olds: Properties, news: Properties) =>
  trust.update("trust", { ...state, ...olds }, { ...state, ...news }, context);
const issuedAfter = async (olds: Properties, news: Properties) => (await update(olds, news)).issued;

beforeEach(() => {
  lookAtDependence.mockReset().mockResolvedValue({ live: [], sessions: [] });
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
      live: ["the cluster port of dk serves a certificate of it"],
      sessions: [],
    });
    const olds = { ...state, authorities: { "1": first, "2": second } };
    const failure = await update(olds, {}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PartialFailure);
    expect(failure).toMatchObject({ id: "trust", state: olds });
    expect((failure as Error).message).toContain("the authority 2 can't be dropped yet, nothing was changed");
  });
});

describe("the authorities that the servers are asked about", () => {
  const asked = () => lookAtDependence.mock.calls.map(([, dropped]) => dropped);

  it("are those that go, with what was issued before", async () => {
    const olds = { authorities: { "1": first, "2": second, "3": third } };
    const servers = [{ serverName: "dk" }];
    await update(olds, { authorities: { "2": second }, servers });
    expect(lookAtDependence.mock.calls).toEqual([["connection", [first, third], state.issued, servers]]);
  });

  it("are none when one comes", async () => {
    await update({}, { authorities: { "1": first, "2": second } });
    expect(asked()).toEqual([]);
  });

  it("have the one whose number another one takes: it is trusted no more", async () => {
    await update({ authorities: { "1": first, "2": second } }, { authorities: { "1": first, "2": third } });
    expect(asked()).toEqual([[second]]);
  });
});

describe("trust", () => {
  it("takes over what is there when it comes", async () => {
    expect(await trust.create(state, context)).toEqual({ id: "trust", state });
    expect(lookAtDependence).not.toHaveBeenCalled();
  });

  it("refuses what is no input of it", () => {
    const { servers: _, ...without } = state;
    const { failures } = trust.check({ ...without, recycles: "yes", server: [] }, undefined);
    expect(failures.map(({ property }) => property)).toEqual(["servers", "recycles", "server"]);
  });
});
