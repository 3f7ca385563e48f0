import { expect, it } from "vitest";
import { freePorts } from "../../../harness/ports.ts";

it("gives no port twice, also to calls that follow one another", async () => {
  const calls = [];
  for (let call = 0; call < 40; call++) calls.push(await freePorts(9));
  const ports = calls.flat();
  expect(new Set(ports).size).toBe(ports.length);
});
