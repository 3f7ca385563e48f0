import { isDeepStrictEqual } from "node:util";
import { labelNames } from "../../../model/labels.ts";
import type { Detail, ServerChange } from "../changes.ts";
import type { ServerDocument } from "../document/servers.ts";
import { lineDetails } from "../lines.ts";
import { fieldDetails } from "./fields.ts";
import type { Pair } from "./pairs.ts";

/** What becomes of one pod's server. */
export function serverChange({ id, before, after }: Pair<ServerDocument>): ServerChange[] {
  const change = (verb: ServerChange["verb"], details: readonly Detail[] = []): ServerChange[] => [
    { what: "server", id, verb, details },
  ];
  if (after === undefined) return change("deleted");
  if (before === undefined) return change("created");
  if (after.leftOut) return [];
  const files = [...lineDetails("nats.conf", before.conf, after.conf), ...certificateDetails(before, after)];
  // On another engine it is another container, whatever it is started with.
  if (before.startDigest !== after.startDigest || before.hostId !== after.hostId)
    return change("restarted", [...startDetails(before, after, files.length > 0), ...files]);
  return files.length > 0 ? change("reloaded", files) : [];
}

const dataFolder = "volumes./data";
const restartLabel = `labels.${labelNames.restartDigest}`;

/** @param filesDiffer the digest of what needs a restart is of what is in the files */
function startDetails(before: ServerDocument, after: ServerDocument, filesDiffer: boolean): Detail[] {
  const place = ({ hostId, dataVolume, restartGeneration }: ServerDocument) => ({
    hostId,
    dataVolume,
    restartGeneration,
  });
  const own = fieldDetails(place(before), place(after));
  const container = fieldDetails(before.container, after.container).filter(({ path }) => path !== dataFolder);
  const told = [...own, ...container.filter(({ path }) => path !== restartLabel)];
  // Where nothing else tells why, at least it can be seen that it does.
  return told.length > 0 || filesDiffer ? told : container;
}

function certificateDetails(before: ServerDocument, after: ServerDocument): Detail[] {
  const details = fieldDetails(before.certificate, after.certificate, "certificate");
  if (isDeepStrictEqual(before.trusted, after.trusted)) return details;
  return [...details, ...fieldDetails({ trusted: before.trusted }, { trusted: after.trusted })];
}
