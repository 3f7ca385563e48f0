/** The nats.conf of a peer's server: what ours say too, without TLS and the system account's user. */
export function confOf(id: string, serverName: string, allNames: readonly string[]): string {
  const routes = allNames.filter((name) => name !== serverName).map((name) => `"nats://${name}:6222"`);
  return `server_name: "${serverName}"
server_tags: ["pod:${id}"]
listen: "0.0.0.0:4222"
http: "0.0.0.0:8222"
max_payload: 8388608
jetstream: { store_dir: "/data", sync_interval: "always" }
cluster: { name: "bench", listen: "0.0.0.0:6222", routes: [${routes.join(", ")}] }
`;
}
