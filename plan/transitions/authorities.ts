import { formatDuration } from "../../model/units.ts";
import { fingerprintOf } from "../digest.ts";
import type { AuthorityPlan } from "../tls-plan.ts";
import type { DeployedState } from "./deployed-state.ts";

/**
 * What is wrong with the change from the deployed state to the plan. Every server must trust a CA before that CA issues.
 * No server may serve a certificate of a CA that is removed. Each change of a phase is an update of its own.
 * `provider/tls/trust.ts` asks for what only the servers know: sessions and clients.
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
 * A CA that has ended is of no use. The plugin could only replace it, and all that it issued would be invalid. By then no
 * server accepts another server, so there is nothing to keep running.
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
    const fix =
      phase === "active"
        ? `Take the stack down, which keeps its data: \`npm run down -- ${stack}\`. Delete the CA from the state: ` +
          `\`npm run pulumi -- stack --show-urns --stack ${stack}\` shows its URN, then run ` +
          `\`npm run pulumi -- state delete URN --force --yes --stack ${stack}\`. Bring the stack up again: it gets a new CA`
        : "Remove it from the list";
    return [
      `tls.authorities: CA ${generation} ended on ${end}, and no certificate that it issued is accepted any more. ${fix}`,
    ];
  });
}

interface KnownAuthority extends AuthorityPlan {
  /** undefined: the CA is not there yet. */
  readonly fingerprint: string | undefined;
}

/** Whether a server may now serve a certificate that this CA issued. */
export function mayBeServed(deployed: DeployedState, plan: AuthorityPlan): boolean {
  return plan.phase !== "incoming" || deployed.issuers.has(fingerprintIn(deployed, plan) ?? "");
}

/** Whether a server trusts a CA that is not planned any more. */
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
    `tls.authorities: CA ${generation} can't be "active" yet: ${namesOf(untrusting)} did not trust it in the last ` +
      `update, and would refuse the certificates that it issues. Give CA ${generation} the phase "incoming", keep the CA ` +
      'that is active now, run `pulumi up` until that succeeds, and then make the new CA "active"',
  ];
}

function stillServed(serverName: string, generation: number | undefined): string {
  return generation === undefined
    ? `tls.authorities: ${serverName} still serves a certificate of a CA that is not in the list any more. Put that CA ` +
        'back as "outgoing", keep the active CA, run `pulumi up` until that succeeds, and then remove the outgoing CA'
    : `tls.authorities: ${serverName} serves a certificate of CA ${generation}, so CA ${generation} can't be ` +
        '"incoming" again. To undo its rotation, make it "outgoing" and make the CA before it "active"';
}

function namesOf(servers: readonly { readonly serverName: string }[]): string {
  return servers.map(({ serverName }) => serverName).join(", ");
}

/** The warning about a CA that ends too soon to issue the next certificates. undefined: it lasts long enough. */
export function endingSoon(
  generation: number,
  endsAt: string,
  { leafLifetimeHours, renewBeforeHours }: { leafLifetimeHours: number; renewBeforeHours: number },
  now: Date,
): string | undefined {
  const hoursLeft = (Date.parse(endsAt) - now.getTime()) / 3_600_000;
  if (hoursLeft >= leafLifetimeHours + renewBeforeHours) return undefined;
  const fix = "Rotate it now: `npm run rotate -- ca`";
  const date = endsAt.slice(0, 10);
  if (hoursLeft <= 0)
    return `CA ${generation} ended on ${date}, and all certificates that it issued ended with it. ${fix}`;
  const left = hoursLeft < 48 ? `${Math.ceil(hoursLeft)} hours` : `${Math.floor(hoursLeft / 24)} days`;
  const when = hoursLeft < leafLifetimeHours ? "no longer" : "soon no longer";
  return (
    `CA ${generation} ends on ${date}, in ${left}: it can ${when} issue certificates of ` +
    `${formatDuration(leafLifetimeHours * 3600)}, because no certificate may end after its CA. ${fix}`
  );
}
