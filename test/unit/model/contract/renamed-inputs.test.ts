import { join } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";

/**
 * An input that is renamed in its contract is a fault of types wherever the program gives it and the plugin takes it, and
 * not one that shows when a stack is brought up. Every contract is changed at once, on its way to the compiler.
 */
const project = join(import.meta.dirname, "..", "..", "..", "..");

const renamed = [
  {
    contract: "survey",
    input: "dataBytes",
    places: ["components/host/hosts.ts", "provider/host/survey.ts"],
  },
  {
    contract: "mesh",
    input: "interfaceName",
    places: ["components/wireguard/mesh.ts", "provider/host/mesh.ts"],
  },
  {
    contract: "membership",
    input: "clusterName",
    places: ["components/cluster.ts", "provider/server/membership.ts"],
  },
  { contract: "node", input: "containerId", places: ["components/nats/pod.ts", "provider/server/node.ts"] },
  {
    contract: "preflight",
    input: "proven",
    places: ["components/nats/turns.ts", "provider/server/preflight.ts"],
  },
  {
    contract: "look",
    input: "restarting",
    places: ["plan/transitions/look.ts", "provider/server/look.ts"],
  },
  {
    contract: "cluster-gate",
    input: "streams",
    places: ["components/cluster.ts", "provider/server/cluster.ts"],
  },
  {
    contract: "renewal",
    input: "issuerEndsAt",
    places: ["components/tls/leaf.ts", "provider/tls/renewal.ts"],
  },
  {
    contract: "trust",
    input: "recycles",
    places: ["components/tls/certificates.ts", "provider/tls/trust.ts"],
  },
  {
    contract: "provider",
    input: "systemSeed",
    places: ["components/cluster.ts", "provider/configuration.ts"],
  },
  {
    contract: "stream",
    input: "allowDataLoss",
    places: ["plan/config/streams.ts", "provider/stream/delete.ts"],
  },
  {
    contract: "consumer",
    input: "allowPositionLoss",
    places: ["plan/config/streams.ts", "provider/consumer/remake.ts"],
  },
  {
    contract: "stack-outputs",
    input: "caCertificate",
    places: ["index.ts", "operations/stack/stack.ts"],
  },
] as const;

function newName(input: string): string {
  return `renamed_${input}`;
}

/** Faults of the program with the contracts as they are, or with the inputs renamed. */
function faultsOf(files: readonly string[], isRenamed: boolean): string[] {
  const { config } = ts.readConfigFile(join(project, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, project);
  const host = ts.createCompilerHost(options);
  const read = host.readFile;
  host.readFile = (file) => {
    const text = read(file);
    const change = renamed.find(({ contract }) => file.endsWith(`model/contract/${contract}.ts`));
    if (!isRenamed || change === undefined || text === undefined) return text;
    return text.replaceAll(
      new RegExp(`readonly ${change.input}(\\??:)`, "g"),
      `readonly ${newName(change.input)}$1`,
    );
  };
  const program = ts.createProgram(
    files.map((file) => join(project, file)),
    options,
    host,
  );
  return files.flatMap((file) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(join(project, file)))
      .map(({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`),
  );
}

describe("an input that its contract calls by another name", () => {
  const files = [...new Set(renamed.flatMap(({ places }) => places))];
  const cases = renamed.flatMap(({ contract, input, places }) =>
    places.map((place) => ({ contract, input, place })),
  );
  let found: string[] = [];

  beforeAll(() => {
    found = faultsOf(files, true);
  }, 60_000);

  it.each(cases)("is a fault of types in $place: $input of $contract", ({ place, input }) => {
    const words = [input, newName(input)].map((name) => `'${name}'`);
    const here = found.filter((fault) => fault.startsWith(`${place}: `));
    expect(here.filter((fault) => words.some((word) => fault.includes(word)))).not.toEqual([]);
  });

  it("is the only fault there is", () => {
    expect(faultsOf(files, false)).toEqual([]);
  }, 60_000);
});
