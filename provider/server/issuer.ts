import type { NodeInputs, NodeState } from "../../model/contract/node.ts";
import {
  type CheckFailure,
  type Previewed,
  type Properties,
  unknown,
} from "../../model/contract/properties.ts";
import { textsOf } from "../../model/contract/server-fields.ts";

/** A server accepts a bundle without the CA of its own certificate, and then no other server can connect to it. */
export function untrusting({ issuer, trusted }: Properties): CheckFailure[] {
  const isKnown = typeof issuer === "string" && Array.isArray(trusted) && !trusted.includes(unknown);
  if (!isKnown || trusted.includes(issuer)) return [];
  const reason = `the CA ${issuer} issued the server's certificate, but is not among the CAs that the server trusts (${trusted.join(", ")}); add that CA to them`;
  return [{ property: "trusted", reason }];
}

/**
 * A certificate of a CA that a server does not trust yet would cut that server off at its next restart, and nothing would
 * show before. The state has what was proven last.
 */
export function refuseUntrusted(state: NodeState, news: Previewed<NodeInputs>): void {
  const trusted = textsOf(state.trusted);
  if (trusted.length === 0 || trusted.includes(String(news.issuer))) return;
  throw new Error(
    `${state.serverName} is not proven to trust the CA that becomes active now` +
      `${typeof news.issuer === "string" ? ` (${news.issuer})` : ""}. First give that CA the phase "incoming", next to the ` +
      "active CA, and run `pulumi up` until every server trusts it. Then make it active. `npm run rotate -- ca` does all of that",
  );
}
