import { formatDuration } from "../../model/units.ts";
import { fingerprintOf } from "../digest.ts";
import type { AuthorityPlan } from "../tls-plan.ts";
import type { DeployedState } from "./deployed-state.ts";

/**
 * What is wrong with the transition from what the last update left to what is planned. An authority has to be trusted by every
 * server before it issues, and nothing may be served of one that goes; each transition is an update of its own. What only the
 * servers know (sessions, clients) is asked by `provider/tls/trust.ts`.
 */
export function phaseFaults(deployed: DeployedState, planned: readonly AuthorityPlan[]): string[] {
  const servers = [...deployed.servers.values()];
  if (servers.length === 0) return [];
  const known = planned.map((one) => ({ ...one, fingerprint: fingerprintIn(deployed, one) }));
  return [
    ...known.filter(({ phase }) => phase === "active").flatMap((one) => untrusted(one, servers)),
    ...servers.flatMap((server) => {
      const issuer = known.find(({ fingerprint }) => fingerprint === server.issuer);
      if (issuer?.phase === "active" || issuer?.phase === "outgoing" || server.issuer === "") return [];
      return [stillServed(server.serverName, issuer?.generation)];
    }),
  ];
}

/**
 * An authority that has ended is of no use for anything, and the plugin could only replace it, under everything that it
 * has issued. By then no server lets another one in, so there is nothing to be kept running.
 */
export function expiredFaults(
  deployed: DeployedState,
  planned: readonly AuthorityPlan[],
  stack: string,
  now: Date,
): string[] {
  if (deployed.servers.size === 0) return [];
  return planned.flatMap(({ generation, phase, given }) => {
    const end = given === undefined ? deployed.authorityEnds.get(generation) : undefined;
    if (end === undefined || end === "" || Date.parse(end) > now.getTime()) return [];
    const mend =
      phase === "active"
        ? `Take the stack down, which keeps its data (\`npm run down -- ${stack}\`), forget the authority ` +
          `(\`npm run pulumi -- stack --show-urns --stack ${stack}\` shows its URN, ` +
          `\`npm run pulumi -- state delete URN --force --yes --stack ${stack}\`), and bring the stack up again: it gets a new one`
        : "Take it out of the list";
    return [
      `tls.authorities: the authority ${generation} ended on ${end}, and nothing that it issued is believed. ${mend}`,
    ];
  });
}

interface KnownAuthority extends AuthorityPlan {
  /** undefined: it is not there yet. */
  readonly fingerprint: string | undefined;
}

/** Whether anything that it issued may be served now. */
export function mayBeServed(deployed: DeployedState, plan: AuthorityPlan): boolean {
  return plan.phase !== "incoming" || deployed.issuers.has(fingerprintIn(deployed, plan) ?? "");
}

/** Whether a server trusts an authority that is not planned any more. */
export function drops(deployed: DeployedState, planned: readonly AuthorityPlan[]): boolean {
  const kept = planned.map((plan) => fingerprintIn(deployed, plan));
  return [...deployed.servers.values()].some(({ trusted }) => trusted.some((one) => !kept.includes(one)));
}

function fingerprintIn(deployed: DeployedState, { generation, given }: AuthorityPlan): string | undefined {
  return given === undefined ? deployed.authorities.get(generation) : fingerprintOf(given.certificatePem);
}

function untrusted(
  { generation, fingerprint }: KnownAuthority,
  servers: readonly { readonly serverName: string; readonly trusted: readonly string[] }[],
): string[] {
  const untrusting = servers.filter(
    ({ trusted }) => fingerprint === undefined || !trusted.includes(fingerprint),
  );
  if (untrusting.length === 0) return [];
  return [
    `tls.authorities: the authority ${generation} can't be "active" yet: ${namesOf(untrusting)} did not trust it in the last ` +
      `update, and would be cut off from what it issues. Give it the phase "incoming" beside the one that is active now, ` +
      'run `pulumi up` until that succeeds, and make it "active" then',
  ];
}

function stillServed(serverName: string, generation: number | undefined): string {
  return generation === undefined
    ? `tls.authorities: ${serverName} still serves a certificate of an authority that is not in the list any more. Put ` +
        'it back as "outgoing" beside the one that is active, run `pulumi up` until that succeeds, and take it out then'
    : `tls.authorities: ${serverName} serves a certificate of the authority ${generation}, so that one can't be ` +
        '"incoming" again; to go back on it call it "outgoing", and the other one "active"';
}

function namesOf(servers: readonly { readonly serverName: string }[]): string {
  return servers.map(({ serverName }) => serverName).join(", ");
}

/** How long an authority should last still, so that the next certificates can be made of it. */
export function endingSoon(
  generation: number,
  endsAt: string,
  { leafLifetimeHours, renewBeforeHours }: { leafLifetimeHours: number; renewBeforeHours: number },
  now: Date,
): string | undefined {
  const hoursLeft = (Date.parse(endsAt) - now.getTime()) / 3_600_000;
  if (hoursLeft >= leafLifetimeHours + renewBeforeHours) return undefined;
  const mend = "Rotate it now: `npm run rotate -- ca`";
  const date = endsAt.slice(0, 10);
  if (hoursLeft <= 0)
    return `The authority ${generation} ended on ${date}, and with it all that it issued. ${mend}`;
  const left = hoursLeft < 48 ? `${Math.ceil(hoursLeft)} hours` : `${Math.floor(hoursLeft / 24)} days`;
  const when = hoursLeft < leafLifetimeHours ? "no longer" : "soon no longer";
  return (
    `The authority ${generation} ends on ${date}, in ${left}: it can ${when} issue certificates of ` +
    `${formatDuration(leafLifetimeHours * 3600)}, because none may outlive it. ${mend}`
  );
}
