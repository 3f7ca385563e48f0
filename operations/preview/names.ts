import type { Change, PartKind } from "./changes.ts";

const kinds: Readonly<Record<PartKind, string>> = {
  leaf: "certificate of",
  authority: "CA",
  key: "key",
  check: "check",
  host: "host",
  container: "container",
  vpn: "WireGuard of",
  network: "network",
  volume: "volume",
  image: "image",
  provider: "provider",
  other: "resource",
};

/** As in `server dk` or `certificate of dk`. */
export function nameOf(change: Change): string {
  return `${change.what === "part" ? kinds[change.kind] : change.what} ${change.id}`;
}
