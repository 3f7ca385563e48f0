import type { z } from "zod";
import { hostShape, wireguardSchema } from "./host-schema.ts";
import { policyShape } from "./policy-schema.ts";
import { clusterSchema, listOf, mapOf, podShape, rolloutSchema, section } from "./schema.ts";
import { streamSchema } from "./stream-schema.ts";
import { tlsShape } from "./tls-schema.ts";

const podExample = "- { id: dk, clientPort: 4222, clusterPort: 6222, monitorPort: 8222 }";

/** The whole of a stack's configuration, each part by itself: what parts must agree on is in the checks. */
export const configurationSchema = section({
  cluster: clusterSchema.prefault({}),
  hosts: mapOf(section(hostShape), "the hosts' ids").prefault({ local: {} }),
  wireguard: wireguardSchema.prefault({}),
  pods: listOf(section(podShape), podExample),
  streams: mapOf(streamSchema, "the streams' names").prefault({}),
  rollout: rolloutSchema,
  tls: section(tlsShape, "hidden").prefault({}),
  policy: section(policyShape).prefault({}),
});

export type Read = z.output<typeof configurationSchema>;
