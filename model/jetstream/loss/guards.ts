/**
 * Every way in which messages or a consumer's place can go, and what stands before it. The decisions are in the files of
 * this folder, which previews, `up`, `down` and `adopt` all ask; `docs/losses.md` has this table.
 */
export interface Guard {
  /** What is done. */
  readonly when: string;
  /** What goes. */
  readonly goes: string;
  /** How the refusal begins or what it says in any case, word for word. */
  readonly refusal: string;
  readonly consent: string;
  /** Under which commands it stands. */
  readonly under: Under;
  /** What a preview by the state says. `--live` counts, and refuses. */
  readonly preview: "unchecked" | "refused" | "nothing";
}

/** `any`: every `up`, `npm run up` and plain `pulumi up` alike. Otherwise the one command. */
type Under = "any" | "npm run down" | "npm run adopt";

const oneUpdateEarlier = "in an update before";
const inTheSameUpdate = "in the same update";
const forOneRun =
  "`--lose NAME` or `rollout.lose` for this update, `allowDataLoss: true` on the stream for good";

export const guards: readonly Guard[] = [
  {
    when: "a stream is taken out of the configuration",
    goes: "all its messages",
    refusal: "was not deleted: it holds",
    consent: `\`allowDataLoss: true\` on the stream, ${oneUpdateEarlier}`,
    under: "any",
    preview: "unchecked",
  },
  {
    when: "a stream is made anew: another `storage`, or `retention` to or from `workqueue`",
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
    when: "servers restart, and with them the last copies of a stream in memory, whoever made that one",
    goes: "all its messages, and its consumers' places",
    refusal: "nothing was touched. ",
    consent: forOneRun,
    under: "any",
    preview: "unchecked",
  },
  {
    when: "a server takes its turn while a copy of a stream in memory is not back yet",
    goes: "all its messages, if the other copies go too",
    refusal: "and this server has a copy in memory",
    consent: "`--lose NAME` or `rollout.lose` for this update",
    under: "any",
    preview: "nothing",
  },
  {
    when: "a stack goes down, with its streams in memory",
    goes: "all their messages, and their consumers' places",
    refusal: "Nothing was stopped. These streams are in memory and would be lost",
    consent: "the answer, `--lose NAME` beside `--yes`, `allowDataLoss: true` on the stream, or `--volumes`",
    under: "npm run down",
    preview: "nothing",
  },
  {
    when: "the servers of a cluster that was made by hand stop for its adoption, with their streams in memory",
    goes: "all their messages, and their consumers' places",
    refusal: "An adoption stops all of these servers at once.",
    consent: "the answer, `--lose NAME` beside `--yes`, or `allowDataLoss: true` on the stream",
    under: "npm run adopt",
    preview: "nothing",
  },
  {
    when: "a stack goes down with `--volumes`",
    goes: "everything",
    refusal: "This deletes every message of",
    consent: "the stack's name as the answer, or `--yes`",
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
    when: "a consumer is made again, and its place can't be kept",
    goes: "its place: messages come again, or never",
    refusal: "and lose its place, for",
    consent: `\`allowPositionLoss: true\` on the consumer, ${inTheSameUpdate}`,
    under: "any",
    preview: "refused",
  },
  {
    when: "a consumer is made again with messages acknowledged behind one that is not",
    goes: "these acknowledgements: the messages come again",
    refusal: "the first that is not acknowledged: ",
    consent: `\`allowPositionLoss: true\` on the consumer, ${inTheSameUpdate}`,
    under: "any",
    preview: "unchecked",
  },
  {
    when: "a consumer of a stream with retention `interest` is taken out",
    goes: "the messages that only that one waits for",
    refusal: "was not deleted: its stream keeps a message only for as long as a consumer waits for it",
    consent: `\`allowPositionLoss: true\` on the consumer, or \`allowDataLoss: true\` on its stream, ${oneUpdateEarlier}`,
    under: "any",
    preview: "unchecked",
  },
  {
    when: "a consumer of a stream with retention `interest` no longer waits for some subjects",
    goes: "the messages of these that only that one waits for",
    refusal: "and with the new filters up to",
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
    "| what is done | what would go | what is said | consent | holds under | a preview says |",
    "|---|---|---|---|---|---|",
    ...rows.map((row) => `| ${row} |`),
  ].join("\n");
}
