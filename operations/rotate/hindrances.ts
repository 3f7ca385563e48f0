import type { LiveDependence } from "../../client/dependence.ts";

/** Why an authority can't go in this update, in words. */
export function hindrances(found: LiveDependence, recycles: boolean): string[] {
  const old = recycles ? [] : [...found.foreign, ...found.sessions];
  return [
    ...found.silent.map((name) => `an authority goes, but ${name} does not answer`),
    ...found.live.map((one) => `an authority goes, but ${one}`),
    ...old
      .slice(0, 1)
      .map(
        (one) =>
          `an authority goes, but ${old.length} sessions may hang on it; raise cluster.restartGeneration in the same ` +
          `change, with \`rollout: rolling\`: ${one}${old.length > 1 ? ", …" : ""}`,
      ),
  ];
}
