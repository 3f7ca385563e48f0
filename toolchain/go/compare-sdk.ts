// Prints where the schema of a plugin built here and the types of its npm package differ, for the
// resources that the plugin serves: node toolchain/go/compare-sdk.ts docker|tls
// The READMEs of the plugins list the result.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import ts from "typescript";

interface Properties {
  properties?: Record<string, unknown>;
  inputProperties?: Record<string, unknown>;
}

interface Schema {
  resources: Record<string, Properties>;
  types: Record<string, Properties>;
  provider: Properties;
}

/** The names of the properties of each interface or class in a declaration file. */
function declared(path: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const visit = (node: ts.Node): void => {
    if ((ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) && node.name) {
      const names = node.members
        .filter((m) => ts.isPropertySignature(m) || ts.isPropertyDeclaration(m))
        .map((m) => m.name.getText(source));
      found.set(node.name.text, new Set(names));
    }
    ts.forEachChild(node, visit);
  };
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  visit(source);
  return found;
}

function report(
  what: string,
  sdk: Set<string> | undefined,
  plugin: Record<string, unknown> | undefined,
): void {
  const served = Object.keys(plugin ?? {});
  const onlySdk = [...(sdk ?? [])].filter((name) => !served.includes(name));
  const onlyPlugin = served.filter((name) => !sdk?.has(name));
  if (onlySdk.length > 0) console.log(`${what}: only in the SDK: ${onlySdk.sort().join(", ")}`);
  if (onlyPlugin.length > 0) console.log(`${what}: only in the plugin: ${onlyPlugin.sort().join(", ")}`);
}

const plugin = process.argv[2] ?? "docker";
const schemaPath = join(import.meta.dirname, plugin, "cmd", `pulumi-resource-${plugin}`, "schema.json");
const schema = JSON.parse(readFileSync(schemaPath, "utf8")) as Schema;
const sdk = dirname(createRequire(import.meta.url).resolve(`@pulumi/${plugin}/package.json`));

report("Provider", declared(join(sdk, "provider.d.ts")).get("ProviderArgs"), schema.provider.inputProperties);
for (const [token, resource] of Object.entries(schema.resources)) {
  const name = token.split(":")[2] ?? token;
  const file = `${name[0]?.toLowerCase()}${name.slice(1)}.d.ts`;
  const types = declared(join(sdk, file));
  report(`${name} inputs`, types.get(`${name}Args`), resource.inputProperties);
  const outputs = new Set([...(types.get(name) ?? [])].filter((property) => property !== "__pulumiType"));
  report(`${name} outputs`, outputs, resource.properties);
}
const inputs = declared(join(sdk, "types", "input.d.ts"));
for (const [token, type] of Object.entries(schema.types)) {
  const name = token.split(":")[2] ?? token;
  report(`type ${name}`, inputs.get(name), type.properties);
}
