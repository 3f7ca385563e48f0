/** What still needs a CA. Before the CA is dropped, nothing may need it. */
export interface Dependence {
  /** Certificates in use that it issued: they would be refused from then on. In words. */
  readonly live: readonly string[];
  /** Clients whose certificates were not issued here: who has one of it is refused from then on. In words. */
  readonly foreign: readonly string[];
  /** Sessions that were, or may have been, made with such certificates. They end with a restart. In words. */
  readonly sessions: readonly string[];
}

/** A certificate that was issued here. */
export interface IssuedCertificate {
  /** Whom it is for. */
  readonly name: string;
  /** Fingerprints, upper-case hex pairs joined by colons. */
  readonly issuer: string;
  readonly certificate: string;
}

/** A session of a server with a second server or with a client. */
export interface SeenSession {
  readonly server: string;
  /** Who is at the other end, in words. */
  readonly peer: string;
  readonly kind: "route" | "client";
  readonly started: Date;
  /** Whether it goes over TLS at all. */
  readonly tls: boolean;
  /** SHA-256, lower-case hex, of the certificate that a client showed; undefined where there is none to see. */
  readonly certificate: string | undefined;
}

export interface ServedPort {
  /** In words. */
  readonly where: string;
  /** Whether the dropped CA signed what is served; undefined: nothing could be seen. */
  readonly signedByDropped: boolean | undefined;
}

/**
 * What still depends on the CAs that go.
 * @param dropped their fingerprints
 * @param servedSince by server_name, since when a server serves its present certificate
 */
export function dependence(
  dropped: readonly string[],
  issued: readonly IssuedCertificate[],
  servedSince: ReadonlyMap<string, Date>,
  seen: { readonly ports: readonly ServedPort[]; readonly sessions: readonly SeenSession[] },
): Dependence {
  const byCertificate = new Map(issued.map((one) => [plainHex(one.certificate), one]));
  // A CA that has issued nothing here can't be in a session, unless by a certificate from elsewhere.
  const hasIssued = issued.some(({ issuer }) => dropped.includes(issuer));
  const live: string[] = [];
  const old: SeenSession[] = [];
  const foreign: SeenSession[] = [];
  for (const { where, signedByDropped } of seen.ports) {
    if (signedByDropped === undefined) live.push(`${where} does not show its certificate`);
    else if (signedByDropped) live.push(`${where} serves a certificate of this CA`);
  }
  for (const session of seen.sessions.filter(({ tls }) => tls)) {
    const issuedTo = byCertificate.get(session.certificate ?? "");
    if (issuedTo !== undefined && dropped.includes(issuedTo.issuer)) {
      live.push(
        `${session.peer} at ${session.server} uses a certificate of this CA, issued to ${issuedTo.name}`,
      );
      continue;
    }
    if (session.certificate !== undefined && issuedTo === undefined) foreign.push(session);
    else if (hasIssued && !isSurelyNew(session, servedSince)) old.push(session);
  }
  return { live, foreign: inWords(foreign), sessions: inWords(old) };
}

/** Both ends report each route between two servers, so the routes of a pair are named once. */
function inWords(sessions: readonly SeenSession[]): string[] {
  const since = new Map<string, Date>();
  for (const { kind, server, peer, started } of sessions) {
    const which =
      kind === "route"
        ? `the routes between ${[server, peer].sort().join(" and ")}`
        : `the client ${peer} of ${server}`;
    const earlier = since.get(which);
    since.set(which, earlier !== undefined && earlier < started ? earlier : started);
  }
  return [...since].map(([which, date]) => `${which}, since ${date.toISOString()}`);
}

/** A server that was never proven counts as dependent. */
function isSurelyNew(session: SeenSession, servedSince: ReadonlyMap<string, Date>): boolean {
  const ends = session.kind === "route" ? [session.server, session.peer] : [session.server];
  return ends.every((name) => {
    const since = servedSince.get(name);
    return since !== undefined && session.started > since;
  });
}

function plainHex(fingerprint: string): string {
  return fingerprint.replaceAll(":", "").toLowerCase();
}
