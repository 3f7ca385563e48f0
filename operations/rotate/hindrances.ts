import type { LiveDependence } from "../../client/dependence.ts";

/** Why an update can't remove a CA, in words. */
export function hindrances(found: LiveDependence, recycles: boolean): string[] {
  const old = recycles ? [] : [...found.foreign, ...found.sessions];
  return [
    ...found.silent.map(
      (name) => `this update removes a CA, but ${name} does not answer. Start ${name}, and run \`up\` again`,
    ),
    ...found.live.map((one) => `this update removes a CA, but ${one}`),
    ...old
      .slice(0, 1)
      .map(
        (one) =>
          `this update removes a CA, but ${old.length} sessions may depend on it (${one}${old.length > 1 ? ", …" : ""}). ` +
          "Raise cluster.restartGeneration in the same change, with `rollout: rolling`",
      ),
  ];
}
