/**
 * Labels of this program's containers. A container is started with them: another label on one that is there already would
 * replace it.
 */
export const labelNames = {
  /** The id of the pod that a container belongs to. */
  pod: "org.unityplan.pod",
  /** Of a server, and of nothing else: it changes exactly when the server must be restarted. */
  restartDigest: "org.unityplan.restart-digest",
  /** What a container is there for that is neither a server nor a loader, as in `exporter`. */
  role: "org.unityplan.role",
} as const;

/**
 * A container with one of these was made by this program, in whichever clone. The survey of hosts knows such a container
 * by the pod's label alone (`provider/host/survey-script.ts`).
 */
export const ownLabels: readonly string[] = [labelNames.pod, labelNames.role];
