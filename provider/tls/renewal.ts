import { randomBytes } from "node:crypto";
import { checkFields } from "../../model/contract/fields.ts";
import { type CheckFailure, type Diff, type Previewed, unknown } from "../../model/contract/properties.ts";
import { type RenewalInputs, type RenewalState, renewalFields } from "../../model/contract/renewal.ts";
import { diffInputs } from "../../model/contract/server-fields.ts";
import { natsTypes } from "../../model/resource-types.ts";
import { makesNothing, type Resource } from "../resource.ts";

/** What a certificate is made of: a change makes a new one. The rest is only looked at. */
const ingredients = {
  commonName: renewalFields.commonName,
  names: renewalFields.names,
  issuer: renewalFields.issuer,
  lifetimeHours: renewalFields.lifetimeHours,
};

/**
 * `nats:tls:Renewal`: when a certificate has to be renewed. It makes nothing. The certificate's key is replaced together
 * with this resource, so every new certificate has a new key. It is replaced when the certificate is due, or when the
 * content of the certificate changes.
 */
export const renewal: Resource<RenewalInputs, RenewalState> = {
  check(news, olds) {
    const { inputs, failures } = checkFields(news, renewalFields);
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
    if (fault !== undefined) throw new Error(`${String(news.commonName)} ${fault.reason}`);
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
  ...makesNothing(natsTypes.renewal),
};

const hourMs = 3_600_000;

function dueAt(
  issuedAt: Date,
  { lifetimeHours, renewBeforeHours }: Pick<Previewed<RenewalInputs>, "lifetimeHours" | "renewBeforeHours">,
): Date {
  return new Date(issuedAt.getTime() + (Number(lifetimeHours) - Number(renewBeforeHours)) * hourMs);
}

function isDue(state: RenewalState, news: Previewed<RenewalInputs>): boolean {
  const issuedAt = new Date(String(state.issuedAt));
  // Made while the clock of this machine was ahead: it is not valid yet anywhere.
  if (issuedAt.getTime() > Date.now() + clockToleranceMs) return true;
  return Date.now() >= dueAt(issuedAt, news).getTime();
}

const clockToleranceMs = 5_000;

/** Why no certificate can be made now. */
function outlived({ issuerEndsAt, lifetimeHours }: Partial<Previewed<RenewalInputs>>): CheckFailure[] {
  if (typeof issuerEndsAt !== "string" || typeof lifetimeHours !== "number") return [];
  const end = Date.now() + lifetimeHours * hourMs;
  if (end <= Date.parse(issuerEndsAt)) return [];
  const reason =
    `would end on ${new Date(end).toISOString()}, but its CA ends on ${issuerEndsAt}, and the certificate is refused ` +
    "from then on. Rotate the CA first (`npm run rotate -- ca`), or set a shorter tls.leafLifetime";
  return [{ property: "lifetimeHours", reason }];
}
