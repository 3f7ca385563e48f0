import { subjectsOverlap, subjectWithin } from "../../model/jetstream/subjects.ts";
import { type Fault, show } from "./faults.ts";
import type { ResolvedStream } from "./streams.ts";

/** The server's own subjects, and the subjects within them that a stream may have: `checkStreamCfg` in server/stream.go. */
const reserved = ["$JS.>", "$JSC.>", "$NRG.>", "$SYS.>"];
const allowedWithinReserved = ["$JS.EVENT.>", "$SYS.ACCOUNT.>"];

interface Claim {
  readonly subject: string;
  readonly stream: ResolvedStream;
  readonly path: readonly PropertyKey[];
}

/** A message is stored in one stream at most, and once. So no two subjects may overlap. */
export function checkSubjects(streams: readonly ResolvedStream[]): Fault[] {
  const claims = streams.flatMap(claimsOf);
  const [free, taken] = [
    claims.filter((one) => reservedFor(one) === undefined),
    claims.flatMap(checkReserved),
  ];
  return [...streams.flatMap(checkNone), ...taken, ...checkPairs(free)];
}

function claimsOf(stream: ResolvedStream): Claim[] {
  return stream.subjects.flatMap((subject, index) =>
    subject === undefined
      ? []
      : [{ stream, subject, path: ["streams", stream.spec.name, "subjects", index] }],
  );
}

function reservedFor({ subject }: Claim): string | undefined {
  if (allowedWithinReserved.some((allowed) => subjectWithin(subject, allowed))) return undefined;
  return reserved.find((other) => subjectsOverlap(subject, other));
}

function checkNone({ spec, given, faulty }: ResolvedStream): Fault[] {
  if (!given.has("subjects") || faulty.has("subjects") || spec.subjects.length > 0) return [];
  return [
    {
      path: ["streams", spec.name, "subjects"],
      message: '[] is empty; name at least one subject, for example ["orders.>"]',
    },
  ];
}

function checkReserved(claim: Claim): Fault[] {
  const taken = reservedFor(claim);
  if (taken === undefined) return [];
  return [
    {
      path: claim.path,
      message: `${show(claim.subject)} overlaps ${show(taken)}, which the servers themselves use; choose narrower subjects`,
    },
  ];
}

function checkPairs(claims: readonly Claim[]): Fault[] {
  return claims.flatMap((one, index) =>
    claims.slice(index + 1).flatMap((other): Fault[] => {
      if (!subjectsOverlap(one.subject, other.subject)) return [];
      // The subject that the configuration gives is the one to fix.
      const [wrong, right] = other.stream.given.has("subjects") ? [other, one] : [one, other];
      const whose = right.stream === wrong.stream ? "of the same stream" : `of ${right.stream.spec.name}`;
      const message = `${show(wrong.subject)} overlaps ${show(right.subject)} ${whose}, and a message is stored in one stream, once; choose subjects that do not overlap`;
      return [{ path: wrong.path, message }];
    }),
  );
}
