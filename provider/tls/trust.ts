import { X509Certificate } from "node:crypto";
import { lookAtDependence } from "../../client/dependence.ts";
import { diffForm } from "../../model/canonical-json.ts";
import { checkFields } from "../../model/contract/fields.ts";
import type { Change } from "../../model/contract/properties.ts";
import { type TrustInputs, type TrustState, trustFields } from "../../model/contract/trust.ts";
import { natsTypes } from "../../model/resource-types.ts";
import { type Context, makesNothing, PartialFailure, type Resource } from "../resource.ts";
import { refuseWrongClocks } from "./clocks.ts";

/**
 * `nats:tls:Trust`: the CAs that the cluster trusts. It makes nothing; every server's files wait for it. Before a CA is
 * dropped, it asks the servers what they serve and which sessions they have, and refuses while anything depends on the CA.
 */
export const trust: Resource<TrustInputs, TrustState> = {
  check: (news) => checkFields(news, trustFields),
  /** How the servers are reached and what else this update does is only looked at. */
  diff(state, _oldInputs, news) {
    const changes: Change[] = [];
    const change = (path: string) => changes.push({ path, kind: "update", replaces: false });
    if (!equal(state.authorities, news.authorities)) change("authorities");
    if (!holdsAll(state.issued, news.issued)) change("issued");
    return { changes, deleteBeforeReplace: false };
  },
  preview: (inputs) => inputs,
  create: async (inputs) => ({ id: "trust", state: { ...inputs, lastGeneration: highest(inputs) } }),
  async update(id, before, inputs, context) {
    const dropped = droppedFrom(before.authorities, inputs.authorities);
    try {
      if (!holdsAll(before.issued, inputs.issued)) await refuseWrongClocks(context);
      if (dropped.length > 0) await refuseDependents(dropped, before, inputs, context);
    } catch (error) {
      throw new PartialFailure((error as Error).message, id, before);
    }
    const gone = dropped.map((name) => new X509Certificate(before.authorities[name] ?? "").fingerprint256);
    const earlier = before.issued.filter(({ issuer }) => !gone.includes(issuer));
    return {
      ...inputs,
      lastGeneration: Math.max(highest(inputs), before.lastGeneration ?? 0),
      issued: [...inputs.issued, ...earlier.filter((one) => !holdsAll(inputs.issued, [one]))],
    };
  },
  ...makesNothing(natsTypes.trust),
};

/** A number is never used again, also when its CA is long gone, because clients may have kept that CA. */
function highest({ authorities }: TrustInputs): number {
  return Math.max(...Object.keys(authorities).map(Number));
}

/** Generations whose CA is not trusted any more, also where another CA has its number now. */
function droppedFrom(before: TrustInputs["authorities"], now: TrustInputs["authorities"]): string[] {
  const kept = new Set(Object.values(now));
  return Object.entries(before).flatMap(([name, pem]) => (kept.has(pem) ? [] : [name]));
}

async function refuseDependents(
  dropped: readonly string[],
  before: TrustInputs,
  inputs: TrustInputs,
  context: Context,
): Promise<void> {
  const connection = await context.cluster.system(context.deadline, context.progress);
  const pems = dropped.map((name) => before.authorities[name] ?? "");
  // This program itself may log in with a certificate of today.
  const issued = [...before.issued, ...inputs.issued.filter((one) => !holdsAll(before.issued, [one]))];
  const kept = Object.values(inputs.authorities);
  const { live, silent, foreign, sessions } = await lookAtDependence(
    connection,
    { dropped: pems, kept },
    issued,
    inputs.servers,
    context.cluster.dialer,
  );
  const which = dropped.map((name) => `CA ${name}`).join(" and ");
  if (silent.length > 0) {
    throw new Error(
      `${which} can't be dropped yet, nothing was changed: ${silent.join(", ")} does not answer, so it is unknown ` +
        "what depends on this CA there. Start the server (`docker start`, `docker logs`) and run `pulumi up` again",
    );
  }
  if (live.length > 0) {
    throw new Error(
      `${which} can't be dropped yet, nothing was changed: ${shortly(live)}. Set its phase back to "outgoing", let ` +
        "`pulumi up` give every server its new certificate, give the applications their new certificates, and then drop it",
    );
  }
  const old = [...foreign, ...sessions];
  if (old.length > 0 && !inputs.recycles) {
    throw new Error(
      `${which} can't be dropped yet, nothing was changed: ${shortly(old)} may use certificates of this CA. ` +
        "Raise cluster.restartGeneration in the same change, with `rollout: rolling`: the servers then restart one " +
        "after the other, and every session begins again",
    );
  }
}

const shown = 5;

function shortly(items: readonly string[]): string {
  const rest = items.length - shown;
  return `${items.slice(0, shown).join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
}

function equal(left: unknown, right: unknown): boolean {
  return diffForm(left) === diffForm(right);
}

function holdsAll(list: unknown, items: unknown): boolean {
  if (!Array.isArray(list) || !Array.isArray(items)) return false;
  const held = new Set(list.map((one) => diffForm(one)));
  return items.every((item) => held.has(diffForm(item)));
}
