/** A port of a server, by the address that its URLs have. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** The address in `nats://127.0.0.1:4222` or `127.0.0.1:6222`. */
export function hostAndPort(address: string): Target {
  const bare = address.slice(address.indexOf("//") === -1 ? 0 : address.indexOf("//") + 2);
  const colon = bare.lastIndexOf(":");
  return { host: bare.slice(0, colon), port: Number(bare.slice(colon + 1)) };
}
