import type { NodeInputs, NodeState } from "../../model/contract/node.ts";
import {
  type CheckFailure,
  type Previewed,
  type Properties,
  unknown,
} from "../../model/contract/properties.ts";
import { textsOf } from "../../model/contract/server-fields.ts";

/** A server takes a bundle without the authority of its own certificate, and then no other one can dial it. */
export function untrusting({ issuer, trusted }: Properties): CheckFailure[] {
  const isKnown = typeof issuer === "string" && Array.isArray(trusted) && !trusted.includes(unknown);
  if (!isKnown || trusted.includes(issuer)) return [];
  const reason = `${issuer} issued the server's certificate and is not among the authorities that it trusts (${trusted.join(", ")}); put it among them`;
  return [{ property: "trusted", reason }];
}

/**
 * A certificate of an authority that some server did not trust yet would cut that server off at its next restart, and
 * nothing would show before. The state says what was proven last.
 */
export function refuseUntrusted(state: NodeState, news: Previewed<NodeInputs>): void {
  const trusted = textsOf(state.trusted);
  if (trusted.length === 0 || trusted.includes(String(news.issuer))) return;
  throw new Error(
    `${state.serverName} was not seen to trust the authority that is to issue now` +
      `${typeof news.issuer === "string" ? ` (${news.issuer})` : ""}. Give it the phase "incoming" first, beside the one ` +
      "that is active, run `pulumi up` until every server has it, and let it issue then; `npm run rotate -- ca` walks through it",
  );
}
