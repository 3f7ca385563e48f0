/** The server tag by which a stream is placed on one pod. The server compares tags in lower case. */
export function podTag(podId: string): string {
  return `pod:${podId}`;
}
