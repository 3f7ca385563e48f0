import { helperName } from "../../model/jetstream/consumer-start.ts";
import { filtersOf, subjectsOverlap, subjectWithin } from "../../model/jetstream/subjects.ts";
import { type Fault, show } from "./faults.ts";
import { consumerNameSchema } from "./stream-schema.ts";
import type { ResolvedConsumer, ResolvedStream } from "./streams.ts";

/** A stream's consumers against the stream and each other. */
export function checkConsumers(stream: ResolvedStream): Fault[] {
  return [
    ...stream.consumers.flatMap((consumer) => [
      ...checkName(consumer),
      ...checkHelper(stream, consumer),
      ...checkFilters(stream, consumer),
      ...checkPolicies(stream, consumer),
    ]),
    ...checkQueue(stream),
  ];
}

function pathOf({ spec }: ResolvedConsumer, ...rest: readonly PropertyKey[]): readonly PropertyKey[] {
  return ["streams", spec.stream, "consumers", spec.name, ...rest];
}

function checkName(consumer: ResolvedConsumer): Fault[] {
  const problem = consumerNameSchema.safeParse(consumer.spec.name).error?.issues[0]?.message;
  return problem === undefined ? [] : [{ path: pathOf(consumer), message: problem }];
}

/** While a consumer is recreated, a helper keeps its place. No other consumer may have the helper's name. */
function checkHelper({ consumers }: ResolvedStream, consumer: ResolvedConsumer): Fault[] {
  const kept = consumers.find(({ spec }) => helperName(spec.name) === consumer.spec.name);
  if (kept === undefined) return [];
  const message = `is the name of the helper that keeps the place of ${kept.spec.name} while ${kept.spec.name} is recreated; give one of the two consumers another name`;
  return [{ path: pathOf(consumer), message }];
}

function checkFilters({ spec: { subjects }, faulty }: ResolvedStream, consumer: ResolvedConsumer): Fault[] {
  if (consumer.faulty.has("filters")) return [];
  const filters = consumer.spec.filterSubjects;
  return filters.flatMap((filter, index): Fault[] => {
    const path = pathOf(consumer, "filters", index);
    const earlier = filters
      .slice(0, index)
      .find((other) => subjectWithin(filter, other) || subjectWithin(other, filter));
    if (earlier !== undefined) {
      return [
        {
          path,
          message: `${show(filter)} overlaps ${show(earlier)} of the same consumer; keep only the wider filter`,
        },
      ];
    }
    if (faulty.has("subjects") || subjects.length === 0) return [];
    if (subjects.some((subject) => subjectWithin(filter, subject))) return [];
    return [
      {
        path,
        message: `${show(filter)} is not within the stream's subjects; allowed ${subjects.join(", ")} or narrower`,
      },
    ];
  });
}

function checkPolicies({ spec: stream, faulty }: ResolvedStream, consumer: ResolvedConsumer): Fault[] {
  const { deliverPolicy, ackPolicy, filterSubjects } = consumer.spec;
  const faults: Fault[] = [];
  if (
    !consumer.faulty.has("filters") &&
    deliverPolicy === "last_per_subject" &&
    filterSubjects.length === 0
  ) {
    faults.push({
      path: pathOf(consumer, "filters"),
      message: 'is missing; "last_per_subject" needs filters',
    });
  }
  // https://docs.nats.io/nats-concepts/jetstream/streams#workqueuepolicy
  if (faulty.has("retention") || stream.retention !== "workqueue") return faults;
  if (ackPolicy !== "explicit") {
    const message = `${show(ackPolicy)} is not allowed where the stream has retention "workqueue"; allowed "explicit"`;
    faults.push({ path: pathOf(consumer, "ackPolicy"), message });
  }
  if (deliverPolicy !== "all") {
    const message = `${show(deliverPolicy)} is not allowed where the stream has retention "workqueue"; allowed "all"`;
    faults.push({ path: pathOf(consumer, "deliverPolicy"), message });
  }
  return faults;
}

/** In a work queue each message has one consumer at most. */
function checkQueue({ spec, faulty, consumers }: ResolvedStream): Fault[] {
  if (faulty.has("retention") || spec.retention !== "workqueue") return [];
  const readable = consumers.filter((consumer) => !consumer.faulty.has("filters"));
  return readable.flatMap((consumer, index): Fault[] => {
    const rival = readable
      .slice(0, index)
      .find((other) =>
        filtersOf(other.spec.filterSubjects).some((one) =>
          filtersOf(consumer.spec.filterSubjects).some((two) => subjectsOverlap(one, two)),
        ),
      );
    if (rival === undefined) return [];
    const message = `overlap the filters of ${rival.spec.name}, and in a stream with retention "workqueue" each message has one consumer; give the two consumers filters that do not overlap`;
    return [{ path: pathOf(consumer, "filters"), message }];
  });
}
