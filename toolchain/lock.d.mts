export declare const STALE_AFTER_MS: number;
export declare function isStale(seen: {
  owner: string;
  ageMs: number;
  silentBeats: number;
  hostName: string;
  isAlive: (pid: number) => boolean;
}): boolean;
export declare function withLock<T>(
  file: string,
  work: () => Promise<T>,
  options?: { onWait?: (owner: string) => void; pollMs?: number; heartbeatMs?: number },
): Promise<T>;
