/**
 * The file on a host that says that this project has prepared it, so that what is found there later is told from what
 * somebody else has put there. One line of JSON: {@link HostMarker}.
 */
export const markerFile = "/etc/unityplan/host.json";

export interface HostMarker {
  readonly host: string;
  /** The VPN's interface, as in `wg0`; all that is on it is this project's. */
  readonly interface: string;
}

/** The line in the file, without quotes that a shell would mind. */
export function renderMarker({ host, interface: name }: HostMarker): string {
  return JSON.stringify({ host, interface: name });
}

/** undefined: the text is not one of this project's. */
export function parseMarker(text: string): HostMarker | undefined {
  try {
    const { host, interface: name } = JSON.parse(text) as Partial<Record<keyof HostMarker, unknown>>;
    return typeof host === "string" && typeof name === "string" ? { host, interface: name } : undefined;
  } catch {
    return undefined;
  }
}
