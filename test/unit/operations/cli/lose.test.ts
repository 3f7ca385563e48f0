import { expect, it } from "vitest";
import { UsageError } from "../../../../operations/cli/arguments.ts";
import { namesToLose } from "../../../../operations/cli/lose.ts";

const given = (text: string) => namesToLose(new Map([["lose", text]]));

it("takes the names of streams that are given up, each once", () => {
  expect(namesToLose(new Map())).toEqual([]);
  expect(given("CACHE")).toEqual(["CACHE"]);
  expect(given("CACHE, $MQTT_sess,CACHE,")).toEqual(["CACHE", "$MQTT_sess"]);
});

it("refuses to give up nothing, which is what a shell makes of a name with a dollar", () => {
  for (const text of ["", " ", ","]) {
    expect(() => given(text)).toThrow(UsageError);
    expect(() => given(text)).toThrow("--lose names no stream");
  }
});
