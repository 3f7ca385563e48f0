import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { markerFile, parseMarker, renderMarker } from "../../../model/host-marker.ts";
import { botLogin } from "../../../operations/github/bot.ts";
import { deedFor, subjects } from "../../../operations/github/issues.ts";
import { previewComment } from "../../../operations/github/previews.ts";
import { planDocument } from "../../../operations/preview/document.ts";
import { documentText } from "../../../operations/preview/document-text.ts";
import { digestOf } from "../../../plan/digest.ts";
import { packagesScript } from "../../../plan/render/host/packages.ts";
import { restartDigest, restartSettings } from "../../../plan/render/restart.ts";
import { serverContainer, startDigest } from "../../../plan/render/server-container.ts";
import { Goldens } from "../../support/golden.ts";
import { goldenStacks, laterUpdates, topologyOfStack } from "../../support/golden-stacks.ts";

/**
 * What is made of a configuration without an engine: digests with the very texts that go into them, the documents that
 * commits compare each other by, and the words by which something of ours is found again. A golden value that changes
 * restarts servers, runs scripts again on every host, or replaces resources of stacks that run, so it must be meant: see
 * test/support/golden.ts.
 */
const goldens = new Goldens("plan");
const stacks = Object.entries({ ...goldenStacks, ...laterUpdates });

describe("the digests of a server", () => {
  it.each(stacks)("%s", async (name, stack) => {
    const { pods, cluster } = topologyOfStack(stack);
    const lines = pods.flatMap((pod) => {
      const settings = JSON.stringify(restartSettings(pod, cluster));
      const container = JSON.stringify(serverContainer(pod, cluster));
      // These texts are what the digests are made of.
      const raised = cluster.restartGeneration > 0 ? ` ${cluster.restartGeneration}` : "";
      expect(restartDigest(pod, cluster)).toBe(sha256(settings + raised).slice(0, 16));
      expect(startDigest(serverContainer(pod, cluster))).toBe(
        sha256(`${Buffer.byteLength(container)}:${container}`).slice(0, 16),
      );
      return [
        `${pod.id} restart ${restartDigest(pod, cluster)} of ${settings}${raised}`,
        `${pod.id} start ${startDigest(serverContainer(pod, cluster))} of ${container}`,
      ];
    });
    await goldens.same(`${name}/digests.txt`, `${lines.join("\n")}\n`);
  });
});

describe("the digest of files", () => {
  it.each([
    [["conf", "bundle", "certificate"], "d862c3af3c06fcdf5830f79465d67136ba4d0a2469251b33ec439b8f0422c160"],
    [["", "é\n"], "4b8177531ba7b2afe92600b1fc4d7dff76506f0870a06753b95e1af6c8b4d54a"],
    [[], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ])("of %j", (texts, digest) => {
    expect(digestOf(texts)).toBe(digest);
  });
});

describe("what a commit says of itself to later ones", () => {
  it.each(stacks)("%s", async (name, stack) => {
    await goldens.same(`${name}/document.txt`, documentText(planDocument(topologyOfStack(stack))));
  });
});

describe("what is found again by its words", () => {
  it("a host that was prepared", () => {
    const line = '{"host":"oslo","interface":"wg0"}';
    expect(markerFile).toBe("/etc/unityplan/host.json");
    expect(renderMarker({ interface: "wg0", host: "oslo" })).toBe(line);
    expect(parseMarker(line)).toEqual({ host: "oslo", interface: "wg0" });
  });

  it("a policy file that an interrupted installation left behind", () => {
    const script = packagesScript({ hostId: "oslo", interfaceName: "wg0", vpn: true, firewall: true });
    const mark = "# written by unityplan-nats, for one installation only";
    expect(script).toContain(`grep -qs '^${mark}$' $policy; then rm -f $policy; fi`);
    expect(script).toContain(`printf '#!/bin/sh\\n%s\\nexit 101\\n' '${mark}' >$policy`);
  });

  it("the comment of a pull request", () => {
    const run = {
      event: "pull_request",
      head_sha: "a".repeat(40),
      head_branch: "branch",
      head_repository: null,
      pull_requests: null,
      html_url: "https://github.test/run/1",
    };
    expect(botLogin).toBe("github-actions[bot]");
    expect(firstLine(previewComment(run, false, []))).toBe("<!-- unityplan-nats: previews -->");
  });

  it.each([
    ["drift", "dev", "<!-- unityplan-nats: drift of dev -->"],
    ["drift", "prod", "<!-- unityplan-nats: drift of prod -->"],
    ["renewal", "dev", "<!-- unityplan-nats: renewal of dev -->"],
    ["renewal", "prod", "<!-- unityplan-nats: renewal of prod -->"],
  ] as const)("the issue about %s of %s", (subject, stack, marker) => {
    expect(subjects).toEqual(["drift", "renewal"]);
    const run = { runUrl: "https://github.test/run/1", report: undefined };
    const failed = { subject, stack, outcome: "failure", ...run } as const;
    const deed = deedFor(failed, [], botLogin);
    expect(deed.do === "open" ? firstLine(deed.body) : deed).toBe(marker);
    const own = { number: 4, title: "", body: `${marker}\nof before`, user: { login: botLogin } };
    expect(deedFor(failed, [own], botLogin)).toMatchObject({ do: "rewrite", number: 4 });
    expect(deedFor({ ...failed, outcome: "success" }, [own], botLogin)).toMatchObject({ do: "close" });
  });
});

it("leaves no golden value out", () => {
  expect(goldens.unseen()).toEqual([]);
});

function firstLine(text: string): string | undefined {
  return text.split("\n")[0];
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
