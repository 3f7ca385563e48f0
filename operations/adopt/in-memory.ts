import { heldStreams } from "../../model/jetstream/held.ts";
import {
  type Consents,
  countedStreams,
  needlessConsents,
  withoutConsent,
  wordsToLoseAll,
} from "../../model/jetstream/loss/consent.ts";
import { inMemory } from "../../model/jetstream/loss/emptied.ts";
import type { BeforeStopping } from "../cli/before-stopping.ts";
import type { SeenServer } from "./monitor.ts";

export interface Adopting {
  readonly servers: readonly Pick<SeenServer, "varz" | "accounts">[];
  readonly consents: Consents;
  /** `--yes` was given. */
  readonly yes: boolean;
}

export interface BeforeAdoption extends BeforeStopping {
  /** What is lost when the servers stop after the adoption: `CACHE with 50 messages`. Undefined: nothing. */
  readonly lost: string | undefined;
}

/**
 * Whether the servers of a hand-made cluster may be adopted, by what their streams in memory hold: an adoption stops all
 * of them at once, and such streams are empty afterwards.
 * https://docs.nats.io/nats-concepts/jetstream/streams#storagetype
 */
export function beforeAdoption({ servers, consents, yes }: Adopting): BeforeAdoption {
  const streams = heldStreams(
    servers.map(({ varz, accounts = [] }) => ({ server: varz.server_name, accounts })),
  );
  const lost = inMemory(streams);
  const open = withoutConsent(lost, consents);
  const outcome = {
    warnings: needlessConsents(consents, lost, streams),
    lost: lost.length === 0 ? undefined : countedStreams(lost),
  };
  if (open.length === 0) return { ...outcome, refusal: undefined, question: undefined };
  const words = wordsToLoseAll(lost, consents);
  const text =
    "An adoption stops all of these servers at once. These streams are in memory and would be lost then: " +
    `${countedStreams(yes ? open : lost)}.`;
  return yes
    ? {
        ...outcome,
        question: undefined,
        refusal: `${text}\nNothing was written. To consent to the loss, say \`${words}\`.`,
      }
    : { ...outcome, refusal: undefined, question: { text, fix: `Say \`--yes ${words}\` if you mean it.` } };
}
