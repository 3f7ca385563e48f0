/**
 * Every way to lose messages or a consumer's place, and its guard. The files of this folder decide, and previews, `up`,
 * `down` and `adopt` all call them. `docs/losses.md` has this table.
 */
export interface Guard {
  /** What a person or a program does. */
  readonly when: string;
  /** What would be lost. */
  readonly goes: string;
  /** A part that the refusal always has, word for word. */
  readonly refusal: string;
  readonly consent: string;
  /** The commands that have the guard. */
  readonly under: Under;
  /** What a plain preview says. `--live` counts, and refuses. */
  readonly preview: "unchecked" | "refused" | "nothing";
}

/** `any`: every `up`, `npm run up` and plain `pulumi up` alike. Otherwise the one command. */
type Under = "any" | "npm run down" | "npm run adopt";

const oneUpdateEarlier = "in an earlier update";
const inTheSameUpdate = "in the same update";
const forOneRun =
  "`--lose NAME` or `rollout.lose` for this update; `allowDataLoss: true` on the stream for all updates";

export const guards: readonly Guard[] = [
  {
    when: "a stream is removed from the configuration",
    goes: "all its messages",
    refusal: "was not deleted: it holds",
    consent: `\`allowDataLoss: true\` on the stream, ${oneUpdateEarlier}`,
    under: "any",
    preview: "unchecked",
  },
  {
    when: "a stream is recreated: another `storage`, or `retention` to or from `workqueue`",
    goes: "all its messages",
    refusal: "was not deleted: it holds",
    consent: `\`allowDataLoss: true\` on the stream, ${oneUpdateEarlier}`,
    under: "any",
    preview: "unchecked",
  },
  {
    when: "a stream is narrowed: `maxAge`, `maxBytes`, `maxMessages`, `maxMessagesPerSubject`, or `retention: interest`",
    goes: "messages beyond the new limit",
    refusal: "would delete",
    consent: `\`allowDataLoss: true\` on the stream, ${inTheSameUpdate}`,
    under: "any",
    preview: "unchecked",
  },
  {
    when: "servers restart that hold the last copies of a stream in memory, yours or foreign",
    goes: "all its messages, and its consumers' places",
    refusal: "nothing was touched. ",
    consent: forOneRun,
    under: "any",
    preview: "unchecked",
  },
  {
    when: "a rolling restart comes to a server while a copy of a stream in memory is not back yet",
    goes: "all its messages, if the other copies are lost too",
    refusal: "and this server has a copy in memory",
    consent: "`--lose NAME` or `rollout.lose` for this update",
    under: "any",
    preview: "nothing",
  },
  {
    when: "a stack goes down that holds streams in memory",
    goes: "all their messages, and their consumers' places",
    refusal: "Nothing was stopped. These streams are in memory and would be lost",
    consent: "your answer, `--lose NAME` with `--yes`, `allowDataLoss: true` on the stream, or `--volumes`",
    under: "npm run down",
    preview: "nothing",
  },
  {
    when: "a cluster that was made by hand stops for its adoption, and holds streams in memory",
    goes: "all their messages, and their consumers' places",
    refusal: "An adoption stops all of these servers at once.",
    consent: "your answer, `--lose NAME` with `--yes`, or `allowDataLoss: true` on the stream",
    under: "npm run adopt",
    preview: "nothing",
  },
  {
    when: "a stack goes down with `--volumes`",
    goes: "everything",
    refusal: "This deletes every message of",
    consent: "the stack's name as your answer, or `--yes`",
    under: "npm run down",
    preview: "nothing",
  },
  {
    when: "a pod gets another host or another data volume",
    goes: "what only that server holds",
    refusal: "would start with an empty volume on another place than its data",
    consent: "none: Pulumi protects the volume",
    under: "any",
    preview: "refused",
  },
  {
    when: "a consumer is recreated, and its place can't be kept",
    goes: "its place: messages come again, or never come",
    refusal: "and lose its place, because",
    consent: `\`allowPositionLoss: true\` on the consumer, ${inTheSameUpdate}`,
    under: "any",
    preview: "refused",
  },
  {
    when: "a consumer is recreated, and messages are acknowledged behind a message that is not acknowledged",
    goes: "these acknowledgements: the messages come again",
    refusal: "the first message that is not acknowledged: ",
    consent: `\`allowPositionLoss: true\` on the consumer, ${inTheSameUpdate}`,
    under: "any",
    preview: "unchecked",
  },
  {
    when: "a consumer of a stream with retention `interest` is removed from the configuration",
    goes: "the messages that only this consumer waits for",
    refusal: "was not deleted: its stream keeps a message only for as long as a consumer waits for it",
    consent: `\`allowPositionLoss: true\` on the consumer, or \`allowDataLoss: true\` on its stream, ${oneUpdateEarlier}`,
    under: "any",
    preview: "unchecked",
  },
  {
    when: "new filters: a consumer of a stream with retention `interest` no longer waits for some subjects",
    goes: "the messages of these subjects that only this consumer waits for",
    refusal: "and the new filters would delete up to",
    consent: `\`allowPositionLoss: true\` on the consumer, ${inTheSameUpdate}`,
    under: "any",
    preview: "unchecked",
  },
];

const where: Readonly<Record<Under, string>> = {
  any: "`npm run up`, `pulumi up`",
  "npm run down": "`npm run down`; not `pulumi destroy`",
  "npm run adopt": "`npm run adopt`; not `docker stop`",
};

const said: Readonly<Record<Guard["preview"], string>> = {
  unchecked: "unchecked; `--live` refuses",
  refused: "refused",
  nothing: "",
};

/** The table of all guards, in Markdown. */
export function guardTable(): string {
  const rows = guards.map(({ when, goes, refusal, consent, under, preview }) =>
    [when, goes, `\`… ${refusal.trim()} …\``, consent, where[under], said[preview]].join(" | "),
  );
  return [
    "| what is done | what would be lost | the refusal | consent | holds under | a preview says |",
    "|---|---|---|---|---|---|",
    ...rows.map((row) => `| ${row} |`),
  ].join("\n");
}
