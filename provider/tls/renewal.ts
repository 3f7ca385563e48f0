import { randomBytes } from "node:crypto";
import { checkFields, type Fields, flag, integer } from "../../model/contract/fields.ts";
import { type CheckFailure, type Diff, type Properties, unknown } from "../../model/contract/properties.ts";
import {
  diffInputs,
  fingerprint,
  instant,
  neverImported,
  present,
  texts,
} from "../../model/contract/server-fields.ts";
import type { Resource } from "../resource.ts";

/**
 * `nats:tls:Renewal`: when a certificate has to be made anew. It makes nothing; the certificate's key is replaced
 * together with it, and so every new certificate has a new key. It is replaced when the time has come, or when what the
 * certificate says changes.
 */
export interface RenewalInputs {
  readonly commonName: string;
  /** Every name and address in the certificate. */
  readonly names: readonly string[];
  /** Fingerprint of the authority that issues. */
  readonly issuer: string;
  /** When that authority ends, RFC 3339: no certificate may outlive it. */
  readonly issuerEndsAt: string;
  /** Another authority is on its way. */
  readonly successorIncoming: boolean;
  readonly lifetimeHours: number;
  /** How long before its end the certificate is due. */
  readonly renewBeforeHours: number;
}

const hours = integer(1, 1_000_000, 1);

const fields: Fields<keyof RenewalInputs> = {
  commonName: present,
  names: texts("names and addresses", 0),
  issuer: fingerprint,
  issuerEndsAt: instant,
  successorIncoming: flag(false),
  lifetimeHours: hours,
  renewBeforeHours: integer(0, 1_000_000, 0),
};

/** What a certificate is made of: a change makes a new one. The rest is only looked at. */
const ingredients = {
  commonName: fields.commonName,
  names: fields.names,
  issuer: fields.issuer,
  lifetimeHours: fields.lifetimeHours,
};

export const renewal: Resource = {
  check(news, olds) {
    const { inputs, failures } = checkFields(news, fields);
    const readable = failures.length === 0;
    return { inputs, failures: readable && olds === undefined ? outlived(inputs) : failures };
  },
  diff(state, _oldInputs, news): Diff {
    const { changes } = diffInputs(state, news, ingredients);
    const replacing = changes.map((change) => ({ ...change, replaces: true }));
    if (replacing.length > 0 || !isDue(state, news))
      return { changes: replacing, deleteBeforeReplace: false };
    const [fault] = outlived(news);
    // Until its successor issues, a short rest of the old one is better than none.
    if (fault !== undefined && news.successorIncoming === true)
      return { changes: [], deleteBeforeReplace: false };
    if (fault !== undefined) throw new Error(`${news.commonName} ${fault.reason}`);
    const due = { path: "dueAt", kind: "update" as const, replaces: true, isOutput: true };
    return { changes: [due], deleteBeforeReplace: false };
  },
  preview: (inputs) => ({ ...inputs, issuedAt: unknown, dueAt: unknown }),
  async create(inputs) {
    const [fault] = outlived(inputs);
    if (fault !== undefined) throw new Error(`${inputs.commonName} ${fault.reason}`);
    const issuedAt = new Date();
    const state = {
      ...inputs,
      issuedAt: issuedAt.toISOString(),
      dueAt: dueAt(issuedAt, inputs).toISOString(),
    };
    return { id: randomBytes(8).toString("hex"), state };
  },
  async update(_id, state, news) {
    return { ...state, ...news };
  },
  async read(id, inputs, state) {
    return { id, inputs: inputs ?? {}, state: neverImported("nats:tls:Renewal", state) };
  },
  async delete() {},
};

const hourMs = 3_600_000;

function dueAt(issuedAt: Date, { lifetimeHours, renewBeforeHours }: Properties): Date {
  return new Date(issuedAt.getTime() + (Number(lifetimeHours) - Number(renewBeforeHours)) * hourMs);
}

function isDue(state: Properties, news: Properties): boolean {
  const issuedAt = new Date(String(state.issuedAt));
  // Made while the clock of this machine was ahead: it is not valid yet anywhere.
  if (issuedAt.getTime() > Date.now() + clockToleranceMs) return true;
  return Date.now() >= dueAt(issuedAt, news).getTime();
}

const clockToleranceMs = 5_000;

/** Why no certificate can be made now. */
function outlived({ issuerEndsAt, lifetimeHours }: Properties): CheckFailure[] {
  if (typeof issuerEndsAt !== "string" || typeof lifetimeHours !== "number") return [];
  const end = Date.now() + lifetimeHours * hourMs;
  if (end <= Date.parse(issuerEndsAt)) return [];
  const reason =
    `would end on ${new Date(end).toISOString()}, after its authority, which ends on ${issuerEndsAt}, and be refused ` +
    "from then on. Rotate the authority first: `npm run rotate -- ca`; or make tls.leafLifetime shorter";
  return [{ property: "lifetimeHours", reason }];
}
