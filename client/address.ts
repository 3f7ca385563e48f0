/** The address in `nats://127.0.0.1:4222` or `127.0.0.1:6222`. */
export function hostAndPort(address: string): { host: string; port: number } {
  const bare = address.slice(address.indexOf("//") === -1 ? 0 : address.indexOf("//") + 2);
  const colon = bare.lastIndexOf(":");
  return { host: bare.slice(0, colon), port: Number(bare.slice(colon + 1)) };
}
