import { describe, expect, it } from "vitest";
import type { StackOutputs } from "../../../../model/contract/stack-outputs.ts";
import { expectedAfter } from "../../../../operations/up/expected.ts";
import { plan } from "../../../support/configuration.ts";

const pod = (id: string) => ({ serverName: `service-nats-${id}` });

const outputs = {
  pods: { dk: pod("dk"), no: pod("no"), se: pod("se") },
  streams: ["CROSS_TERRITORY", "GLOBAL_EVENTS", "TERRITORY_DK", "TERRITORY_NO", "TERRITORY_SE"],
  consumers: ["GLOBAL_EVENTS/global-processor", "TERRITORY_NO/no-local-processor"],
} as unknown as StackOutputs;

describe("what must be healthy after an update", () => {
  it("is the whole stack", () => {
    expect(expectedAfter(outputs, plan({}), [])).toEqual({ outputs, skipped: [] });
  });

  it("is not a pod that `--skip` names, nor a stream that lives on that pod alone, nor its consumers", () => {
    const { outputs: left, skipped } = expectedAfter(outputs, plan({}), ["no"]);
    expect(Object.keys(left.pods)).toEqual(["dk", "se"]);
    expect(left.streams).toEqual(["CROSS_TERRITORY", "GLOBAL_EVENTS", "TERRITORY_DK", "TERRITORY_SE"]);
    expect(left.consumers).toEqual(["GLOBAL_EVENTS/global-processor"]);
    expect(skipped).toEqual(["service-nats-no"]);
  });

  it("is not a pod that the configuration skips either", () => {
    const { skipped } = expectedAfter(outputs, plan({ rollout: { mode: "parallel", skip: ["dk"] } }), ["no"]);
    expect(skipped).toEqual(["service-nats-dk", "service-nats-no"]);
  });
});
