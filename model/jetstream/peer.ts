/** A member of a Raft group, as the group's leader sees it: of a stream, a consumer or the meta group. */
export interface PeerInfo {
  readonly name: string;
  readonly current: boolean;
  readonly offline?: boolean;
  readonly lag?: number;
}
