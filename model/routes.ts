/**
 * How many connections two servers keep between them; an account always uses the same one. So a mesh is full only when
 * every one of them is there: until then the accounts of a missing one are cut off, and a publish says "no responders".
 * The server's default, written in nats.conf because the gate counts on it.
 * https://docs.nats.io/running-a-nats-service/configuration/clustering/v2_routes#connection-pooling
 */
export const routePoolSize = 3;
