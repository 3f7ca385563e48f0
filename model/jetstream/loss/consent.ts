import { quoted } from "../../ssh.ts";
import { applicationsAccount, type HeldStream, shownName } from "../held.ts";

/** Streams whose messages may go. */
export interface Consents {
  /** For this one run, in whatever account: `--lose NAME`, or `rollout.lose`. */
  readonly lose: readonly string[];
  /** Permanently, by `allowDataLoss: true`: streams of the configuration. */
  readonly allowed: readonly string[];
}

/** Streams of a configuration that may always lose their messages. */
export function allowedIn(
  streams: readonly { readonly name: string; readonly allowDataLoss: boolean }[],
): string[] {
  return streams.filter(({ allowDataLoss }) => allowDataLoss).map(({ name }) => name);
}

/** Of streams that would be lost, those without consent. */
export function withoutConsent(lost: readonly HeldStream[], { lose, allowed }: Consents): HeldStream[] {
  return lost.filter(
    ({ account, name }) =>
      !lose.includes(name) && !(account === applicationsAccount && allowed.includes(name)),
  );
}

/** What to say of names that have consent for this run and lose nothing. */
export function needlessConsents(
  { lose }: Consents,
  lost: readonly HeldStream[],
  all: readonly HeldStream[],
): string[] {
  return lose
    .filter((given) => !lost.some(({ name }) => name === given))
    .map((given) =>
      all.some(({ name }) => name === given)
        ? `--lose ${given}: the stream ${given} loses nothing here`
        : `--lose ${given}: no server has a stream ${given}`,
    );
}

/** As in `CACHE with 100 messages, SESSIONS (account TEAM) with 1 message and 2 consumers`. */
export function countedStreams(streams: readonly HeldStream[]): string {
  return streams
    .map((stream) => {
      const { messages, consumers } = stream;
      const also = consumers === 0 ? "" : ` and ${numberOf(consumers, "consumer")}`;
      return `${shownName(stream)} with ${numberOf(messages, "message")}${also}`;
    })
    .join(", ");
}

function numberOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** The option that consents to the loss of these streams, quoted for a shell: `--lose CACHE,SESSIONS`. */
export function wordsToLose(streams: readonly Pick<HeldStream, "name">[]): string {
  const names = [...new Set(streams.map(({ name }) => name))].join(",");
  return `--lose ${/^[\w@%+=:,./~-]+$/.test(names) ? names : quoted(names)}`;
}

/**
 * The option that consents to every loss. Of two `--lose` the last one counts, so the option also names the streams that
 * have consent already.
 */
export function wordsToLoseAll(lost: readonly HeldStream[], consents: Consents): string {
  return wordsToLose(withoutConsent(lost, { ...consents, lose: [] }));
}
