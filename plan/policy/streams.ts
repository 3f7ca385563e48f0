import { natsTypes } from "../../model/resource-types.ts";
import { territoryOf } from "../catalogue.ts";
import { podTag } from "../pod-tag.ts";
import { bare, type Plain, unknown } from "./plain.ts";
import { isProductionLike, type Registration, type Rule } from "./rule.ts";

/** Two copies have no majority when one is lost: https://docs.nats.io/running-a-nats-service/configuration/clustering/jetstream_clustering#the-quorum */
const fewestCopies = 3;

export const streamCopies: Rule = {
  name: "stream-copies",
  promise: "If hosts are entered by SSH, a stream that is not placed on one pod has at least three copies.",
  reason: "With fewer, the loss of one host stops the stream, and may lose what it acknowledged.",
  fix: "Set streams.NAME.replicas to 3, or place the stream with streams.NAME.pod",
  inResource: ({ type, name, inputs }, { topology }) => {
    if (type !== natsTypes.stream || !isProductionLike(topology)) return [];
    const tags = bare(inputs.placementTags);
    const replicas = bare(inputs.replicas);
    if (tags === unknown || replicas === unknown || tagsOf(tags).length > 0) return [];
    if (typeof replicas === "number" && replicas >= fewestCopies) return [];
    return [`${name} has ${String(replicas ?? 1)} of ${fewestCopies} copies`];
  },
};

export const territoryPlacement: Rule = {
  name: "territory-placement",
  promise: "A territory's stream is stored on that territory's pod, and nowhere else.",
  reason: "Its messages may have to stay in the country; one copy alone does not keep a stream where it is.",
  fix: "Remove streams.TERRITORY_X.pod, or write the territory's own pod",
  inResource: (resource) => {
    const territory = resource.type === natsTypes.stream ? territoryOf(nameOf(resource)) : undefined;
    const placed = bare(resource.inputs.placementTags);
    if (territory === undefined || placed === unknown) return [];
    const tags = tagsOf(placed);
    if (tags.length === 1 && tags[0] === podTag(territory)) return [];
    const where = tags.length === 0 ? "on any pod" : `by the tags ${tags.join(", ")}`;
    return [`${resource.name} is placed ${where}, and not by ${podTag(territory)} alone`];
  },
};

function nameOf({ name, inputs }: Registration): string {
  const given = bare(inputs.name);
  return typeof given === "string" ? given : name;
}

function tagsOf(value: Plain): readonly Plain[] {
  return Array.isArray(value) ? (value as readonly Plain[]).map(bare) : [];
}
