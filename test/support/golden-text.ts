import { sortedJson } from "./golden.ts";
import { type Asked, certificateOf, type Run, withSecrets } from "./golden-program.ts";

/** A run as texts to keep: all resources in one, and each script and file that they carry in one of its own. */
export interface RunTexts {
  readonly resources: string;
  /** By file name. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * @param before a run of the same stack: what is as it was there is left out
 * @param folder where its files are, as in `remote`
 */
export function textsOf(run: Run, folder: string, before?: { run: Run; texts: RunTexts }): RunTexts {
  const files = new Map<string, string>();
  const known = new Map([...(before?.texts.files ?? [])].map(([file, text]) => [text, file]));
  const place = (resource: Asked, path: string, text: string): string => {
    const same = known.get(text);
    if (same !== undefined) return `<the file ${same}>`;
    const file = `${folder}/files/${`${resource.name}.${path}`.replace(/[^\w.-]+/g, "-")}.txt`;
    if (files.has(file)) throw new Error(`there are two texts for ${file}`);
    files.set(file, text);
    known.set(text, file);
    return `<the file ${file}>`;
  };
  const blockOf = (resource: Asked): string => {
    const { urn, type, inputs, options, outputs = {} } = resource;
    const lines = Object.entries({ inputs, options, outputs })
      .filter(([, values]) => Object.keys(values).length > 0)
      .map(([word, values]) => {
        const shown = placed(values, (path, text) => place(resource, path, text));
        return `${word} ${sortedJson(shown)}`;
      });
    return [urn, `type ${type}`, ...lines].join("\n");
  };
  const earlier = new Map(before?.run.asked.map((one) => [one.urn, sortedJson(one)]));
  const changed = run.asked.filter((one) => earlier.get(one.urn) !== sortedJson(one));
  const urns = new Set(run.asked.map(({ urn }) => urn));
  const gone = [...earlier.keys()]
    .filter((urn) => !urns.has(urn))
    .map((urn) => `${urn}\nis not there any more`);
  const warnings = run.warnings.map((warning) => `warns: ${warning}`);
  return { resources: `${[...changed.map(blockOf), ...gone, ...warnings].join("\n\n")}\n`, files };
}

/** The values with secrets told from others, and long texts in files of their own. */
function placed(values: Asked["inputs"], place: (path: string, text: string) => string): unknown {
  const walk = (value: unknown, path: string): unknown => {
    if (typeof value === "string") {
      const text = withNamedCertificates(value);
      return text.includes("\n") && !text.startsWith("<certificate of ") ? place(path, text) : text;
    }
    if (Array.isArray(value)) return value.map((item, index) => walk(item, `${path}.${index}`));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, walk(item, path === "" ? key : `${path}.${key}`)]),
    );
  };
  return walk(
    withSecrets(values, (secret) => ({ secret })),
    "",
  );
}

const certificates = ["authority-1", "authority-2", "operator-1", "operator-2"]
  .concat(["dk", "no", "no-north", "se", "client/reports", "client/unityplan"])
  .map((name): [string, string] => [certificateOf(name).trimEnd(), `<certificate of ${name}>`]);

function withNamedCertificates(text: string): string {
  return certificates.reduce((changed, [pem, word]) => changed.replaceAll(pem, word), text);
}
