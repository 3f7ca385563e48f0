/** All messages of all loads; a part of what GLOBAL_EVENTS takes. */
export const loadSubjects = "global.load.>";

export function publishSubject(podId: string): string {
  return `global.load.${podId}`;
}

export function replySubject(podId: string): string {
  return `load.reply.${podId}`;
}

/** Of a message's id, which the stream also tells duplicates by: docs.nats.io, "JetStream headers". */
export const idHeader = "Nats-Msg-Id";
