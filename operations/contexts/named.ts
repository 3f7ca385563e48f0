import type { NatsContext } from "./plan.ts";

/**
 * The context of a run of the nats CLI: from its command line, from the environment, or the selected one.
 * https://github.com/nats-io/natscli#configuration-contexts
 * @param selected the text of the file in which it keeps the selected one; undefined: there is none
 */
export function contextNamed(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  selected: string | undefined,
): string | undefined {
  // A given server has priority over every context.
  if (argv.some((word) => /^(-s|--server)(=|$)/.test(word)) || env.NATS_URL) return undefined;
  const kept = argv.includes("--no-context") ? undefined : selected?.trim();
  const place = argv.indexOf("--context");
  const inOneWord = argv.find((word) => word.startsWith("--context="))?.slice("--context=".length);
  const name = (place === -1 ? inOneWord : argv[place + 1]) ?? env.NATS_CONTEXT ?? kept;
  return name === undefined || !/^[\w.-]+$/.test(name) ? undefined : name;
}

/** The stack and the pod of a context that this project wrote. */
export function ownerOf({ description, url }: Partial<NatsContext>): Owner | undefined {
  const [, stack, pod] = /^unityplan-nats, stack (\S+): pod (\S+) of /.exec(description ?? "") ?? [];
  return stack === undefined || pod === undefined || url === undefined ? undefined : { stack, pod, url };
}

interface Owner {
  readonly stack: string;
  readonly pod: string;
  readonly url: string;
}
