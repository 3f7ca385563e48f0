import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oldestRelease, releaseLines } from "../../../../plan/transitions/release-lines.ts";
import {
  type Consent,
  oldReleaseFault,
  versionChangeFault,
  versionChangeWarnings,
  versionOfImage,
} from "../../../../plan/transitions/versions.ts";
import { DEFAULT_IMAGE } from "../../../../toolchain/image.ts";

const rolling: Consent = { downgrade: false, allAtOnce: false };
const back: Consent = { downgrade: true, allAtOnce: false };
const atOnce: Consent = { downgrade: false, allAtOnce: true };
const all: Consent = { downgrade: true, allAtOnce: true };

const patch = fc.nat({ max: 40 });
const line = fc.constantFrom(...releaseLines.map(({ name }) => name));

describe("a release that can't run the rendered nats.conf", () => {
  it.each(["nats:2.10.20", "nats:2.9.25-alpine", "registry.example.org/x/nats:1.4.1@sha256:0123"])(
    "is refused with the releases to go to: %s",
    (image) => {
      expect(oldReleaseFault(image)).toBe(
        `nats-server ${versionOfImage(image)} does not know "min_version", which this program writes into nats.conf, ` +
          "and would not start; allowed is 2.10.21 or newer. Go to nats:2.10.27 first, and then on to nats:2.15.1, one " +
          "release line in each update",
      );
    },
  );

  it.each([`nats:${oldestRelease}`, "nats:2.10.100", "nats:2.11.0", "nats:3.0.0", DEFAULT_IMAGE])(
    "is not %s",
    (image) => {
      expect(oldReleaseFault(image)).toBeUndefined();
    },
  );

  it("is not known of an image whose tag names no version", () => {
    expect(oldReleaseFault("nats@sha256:0123456789abcdef")).toBeUndefined();
  });

  it("is no release that this program advises", () => {
    for (const { tried } of releaseLines) expect(oldReleaseFault(`nats:${tried}`)).toBeUndefined();
  });
});

describe("the version of an image", () => {
  it.each([
    ["nats:2.15.1", "2.15.1"],
    ["nats:2.15.1-alpine", "2.15.1"],
    ["nats:2.15.1-alpine3.22", "2.15.1"],
    ["nats:v2.15.1", "2.15.1"],
    ["registry.example.org/x/nats:2.12.15@sha256:0123456789abcdef", "2.12.15"],
    ["localhost:5000/nats:2.10.27-scratch", "2.10.27"],
  ])("of %s is %s", (reference, version) => {
    expect(versionOfImage(reference)).toBe(version);
  });

  it.each([
    "nats",
    "nats:latest",
    "nats:alpine",
    "nats:2",
    "nats:2.15",
    "nats:2.15-alpine",
    "nats:2.15.1.2",
    "nats@sha256:0123456789abcdef",
    "localhost:5000/nats",
    "registry.example.org:2.15.1/nats",
    "2.15.1",
  ])("is not told by %s", (reference) => {
    expect(versionOfImage(reference)).toBeUndefined();
  });
});

describe("the table of release lines", () => {
  it("ends with the version that the project runs", () => {
    expect(releaseLines.at(-1)?.tried).toBe(versionOfImage(DEFAULT_IMAGE));
  });

  it("names for every line a version of that line, and links its upgrade guide", () => {
    for (const { name, tried, guide } of releaseLines) {
      expect(tried).toMatch(new RegExp(`^${name}\\.\\d+$`));
      expect(guide).toMatch(/^https:/);
    }
  });
});

describe("a change within a release line", () => {
  it("is allowed to every patch, up and down", () => {
    fc.assert(
      fc.property(line, patch, patch, (name, from, to) => {
        expect(versionChangeFault(`${name}.${from}`, `${name}.${to}`, rolling)).toBeUndefined();
      }),
    );
  });

  it("is allowed in a line that is newer than the table", () => {
    expect(versionChangeFault("2.16.4", "2.16.0", rolling)).toBeUndefined();
    expect(versionChangeFault("2.17.0", "2.17.4", rolling)).toBeUndefined();
  });
});

describe("a change to the next release line", () => {
  it("is allowed from every line of the table", () => {
    for (const [index, { tried }] of releaseLines.slice(1).entries()) {
      expect(versionChangeFault(releaseLines[index]?.tried ?? "", tried, rolling)).toBeUndefined();
    }
    expect(versionChangeFault("2.12.15", "2.14.0", rolling)).toBeUndefined();
  });

  it("warns of a patch that is too old to be ready for it", () => {
    expect(versionChangeWarnings("2.14.6", "2.15.1")).toEqual([
      expect.stringContaining("NATS advises to start from 2.14.7 or newer"),
    ]);
    expect(versionChangeWarnings("2.14.7", "2.15.1")).toEqual([]);
    expect(versionChangeWarnings("2.11.3", "2.12.15")).toEqual([expect.stringContaining("2.11.9 or newer")]);
  });

  it("is allowed past the newest line, with a warning", () => {
    expect(versionChangeFault("2.15.1", "2.16.0", rolling)).toBeUndefined();
    expect(versionChangeWarnings("2.15.1", "2.16.0")).toEqual([expect.stringContaining("up to 2.15.1")]);
    expect(versionChangeWarnings("2.15.0", "2.15.1")).toEqual([]);
  });
});

describe("a change over release lines", () => {
  it("is refused with the way to take", () => {
    expect(versionChangeFault("2.10.27", "2.15.1", rolling)).toBe(
      "2.10.27 → 2.15.1 skips 2.11, 2.12 and 2.14: NATS supports and describes only updates from one release line to " +
        "the next. Update to nats:2.11.17, nats:2.12.15 and nats:2.14.9 first, one update each, or set " +
        "rollout: all-at-once, which interrupts the service",
    );
    expect(versionChangeFault("2.14.9", "2.16.0", rolling)).toContain("skips 2.15: ");
  });

  it("is allowed with all servers at once", () => {
    expect(versionChangeFault("2.10.27", "2.15.1", atOnce)).toBeUndefined();
    expect(versionChangeFault("2.10.27", "2.17.0", atOnce)).toBeUndefined();
  });

  it("is refused back as well, although downgrades are allowed", () => {
    expect(versionChangeFault("2.15.1", "2.11.17", back)).toContain(
      "Update to nats:2.14.9 and nats:2.12.15 first, one update each",
    );
    expect(versionChangeFault("2.15.1", "2.11.17", all)).toBeUndefined();
  });

  it("is refused where nobody knows what lies between", () => {
    for (const from of ["2.15.1", "2.16.0"]) {
      expect(versionChangeFault(from, "2.17.0", rolling)).toContain("goes more than one release past 2.15");
    }
    expect(versionChangeFault("2.17.0", "2.15.1", back)).toContain("goes more than one release past 2.15");
  });

  it("names a way on which every change is allowed", () => {
    fc.assert(
      fc.property(line, line, patch, patch, (one, other, first, second) => {
        const [from, to] = [`${one}.${first}`, `${other}.${second}`];
        const way = versionChangeFault(from, to, back)?.match(/nats:\d+\.\d+\.\d+/g) ?? [];
        const stops = [from, ...way.map((image) => versionOfImage(image) ?? ""), to];
        for (const [index, stop] of stops.slice(1).entries()) {
          expect(versionChangeFault(stops[index] ?? "", stop, back)).toBeUndefined();
        }
      }),
    );
  });
});

describe("a change back to the line before", () => {
  it("is allowed where the storage is the same, and says what it costs", () => {
    expect(versionChangeFault("2.15.1", "2.14.9", rolling)).toBeUndefined();
    expect(versionChangeWarnings("2.15.1", "2.14.9")).toEqual([
      "2.15.1 → 2.14.9: a scale or a move of a stream that 2.15 began stands still until 2.15 is back " +
        "(https://docs.nats.io/release-notes/upgrade-to-2.15)",
    ]);
  });

  it.each([
    ["2.14.9", "2.12.15", "streams with fast batches"],
    ["2.12.15", "2.11.17", "streams with atomic batches"],
    ["2.11.17", "2.10.27", "2.10 forgets that a stream has message TTLs"],
  ])("is refused across a change of the storage format: %s → %s", (from, to, stake) => {
    const fault = versionChangeFault(from, to, rolling);
    expect(fault).toContain(`${from} → ${to} is a downgrade: the storage format changed in between`);
    expect(fault).toContain(stake);
    expect(fault).toContain(
      "back up the streams (`nats stream backup`) and set cluster.allowDowngrade: true",
    );
    expect(versionChangeFault(from, to, atOnce)).toBe(fault);
    expect(versionChangeFault(from, to, back)).toBeUndefined();
    expect(versionChangeWarnings(from, to)).toEqual([expect.stringContaining(stake)]);
  });

  it.each([
    ["2.15.1", "2.14.6", "2.14.7"],
    ["2.12.15", "2.11.8", "2.11.9"],
  ])("is refused to a patch that does not know the newer line: %s → %s", (from, to, floor) => {
    expect(versionChangeFault(from, to, rolling)).toContain(`only ${floor} or newer`);
    expect(versionChangeFault(from, floor, rolling) ?? "").not.toContain("or newer");
    expect(versionChangeFault(from, to, back)).toBeUndefined();
  });

  it("asks for a patch of the line that it ends in only", () => {
    expect(versionChangeFault("2.15.1", "2.12.3", rolling)).not.toContain("or newer can read");
    expect(versionChangeFault("2.15.1", "2.11.3", rolling)).toContain(
      "only 2.11.9 or newer can read what the newer servers wrote",
    );
  });

  it("is refused from a line that the table does not know", () => {
    expect(versionChangeFault("2.16.0", "2.15.1", rolling)).toContain(
      "this project does not know how 2.16 stores streams",
    );
    expect(versionChangeFault("2.16.0", "2.15.1", back)).toBeUndefined();
  });

  it("over several lines is refused with all that is at stake and the way to take", () => {
    const fault = versionChangeFault("2.15.1", "2.11.17", rolling);
    for (const part of [
      "a scale or a move",
      "fast batches",
      "atomic batches",
      "Update to nats:2.14.9 and nats:2.12.15 first",
    ]) {
      expect(fault).toContain(part);
    }
  });
});

describe("a version that no server of this project can have", () => {
  it.each([
    ["2.13.0", "does not exist: NATS released 2.14 after 2.12"],
    ["2.9.25", "is older than any server that this project can run"],
    ["1.4.1", "is not a version of nats-server 2"],
    ["3.0.0", "is not a version of nats-server 2"],
    ["latest", '"latest" is not a version of nats-server'],
  ])("is refused whatever is allowed: %s", (to, why) => {
    expect(versionChangeFault("2.12.15", to, all)).toContain(why);
    expect(versionChangeFault("2.12.15", to, all)).toContain(
      "use a version from 2.10 to 2.15, for example nats:2.15.1",
    );
    expect(versionChangeWarnings("2.12.15", to)).toEqual([]);
  });

  it("is left for the oldest line, with all servers at once", () => {
    expect(versionChangeFault("2.9.25", "2.10.27", rolling)).toContain(
      "go to nats:2.10.27 first, with rollout: all-at-once",
    );
    expect(versionChangeFault("2.9.25", "2.15.1", all)).toContain("go to nats:2.10.27 first");
    expect(versionChangeFault("2.9.25", "2.10.27", atOnce)).toBeUndefined();
  });

  it("changes nothing where it stays", () => {
    expect(versionChangeFault("2.9.25", "2.9.25", rolling)).toBeUndefined();
  });
});

it("takes a preview for its release", () => {
  expect(versionChangeFault("2.14.9", "2.15.0-RC.2", rolling)).toBeUndefined();
  expect(versionChangeFault("2.12.15", "2.15.0-RC.2", rolling)).toContain("skips 2.14");
});
