import { natsTypes, tlsTypes } from "../../model/resource-types.ts";
import { formatDuration } from "../../model/units.ts";
import { bare, type Plain } from "./plain.ts";
import type { Registration, Rule } from "./rule.ts";

const day = 24;

/**
 * A year and a month: the most that public CAs gave from 2020 to March 2026, when a limit of 200 days followed.
 * https://cabforum.org/working-groups/server/baseline-requirements/requirements/#632-certificate-operational-periods-and-key-pair-usage-periods
 */
const longestLeafHours = 398 * day;

/** Ten years, with their leap days. */
const longestAuthorityHours = 3653 * day;

/**
 * A third of the lifetime, and 30 days are always enough: the choice of Go's ACME client.
 * https://pkg.go.dev/golang.org/x/crypto/acme/autocert#Manager
 */
function leastRenewBeforeHours(lifetimeHours: number): number {
  return Math.min(Math.floor(lifetimeHours / 3), 30 * day);
}

export const certificateLifetimes: Rule = {
  name: "certificate-lifetimes",
  promise:
    "A certificate that this program issues lasts at most 398 days, and is renewed 30 days, or a third of its lifetime, " +
    "before its end. A CA that this program makes lasts at most ten years.",
  reason:
    "This program revokes no certificate: a stolen key is valid until its certificate ends. And people need time to " +
    "notice and fix a renewal that fails.",
  fix: "Shorten tls.leafLifetime or tls.authorityLifetime, or lengthen tls.renewBefore",
  late: true,
  inResource: (resource) => {
    const { type, name, inputs } = resource;
    if (type === natsTypes.renewal)
      return faultsOfLeaf(name, hours(inputs.lifetimeHours), hours(inputs.renewBeforeHours));
    const period = hours(inputs.validityPeriodHours);
    if (isOfServer(resource)) return tooLong(name, period, longestLeafHours);
    const isAuthority = type === tlsTypes.authority && bare(inputs.isCaCertificate) === true;
    return isAuthority ? tooLong(name, period, longestAuthorityHours) : [];
  },
};

/** The program's own certificate lasts as long as its CA. The state has both the certificate and the CA's key: see `components/tls/chain.ts`. */
function isOfServer({ type, inputs }: Registration): boolean {
  const uses = bare(inputs.allowedUses);
  return type === tlsTypes.certificate && Array.isArray(uses) && uses.includes("server_auth");
}

function faultsOfLeaf(name: string, lifetime: number | undefined, renewBefore: number | undefined): string[] {
  const faults = tooLong(name, lifetime, longestLeafHours);
  if (lifetime === undefined || renewBefore === undefined) return faults;
  const least = leastRenewBeforeHours(lifetime);
  if (renewBefore >= least) return faults;
  return [
    ...faults,
    `${name}: a certificate of ${show(lifetime)} would be renewed ${show(renewBefore)} before its end; at least ${show(least)}`,
  ];
}

function tooLong(name: string, period: number | undefined, longest: number): string[] {
  return period === undefined || period <= longest
    ? []
    : [`${name} would last ${show(period)}; at most ${show(longest)}`];
}

function hours(value: Plain): number | undefined {
  const known = bare(value);
  return typeof known === "number" ? known : undefined;
}

function show(wholeHours: number): string {
  return formatDuration(wholeHours * 3600);
}
