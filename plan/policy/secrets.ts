import { type Leaf, leavesOf } from "./plain.ts";
import type { Rule } from "./rule.ts";

/** Patterns of secret texts. No public text matches them. */
const secretTexts: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/, "a private key"],
  // https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth
  [/\bS[ACNOUX][A-Z2-7]{56}\b/, "an NKey seed"],
  [/^\s*(?:PrivateKey|PresharedKey)\s*=\s*[A-Za-z0-9+/]{43}=/m, "a key of WireGuard"],
];

/** Inputs that hold secrets by their name: of providers, certificates, commands. */
const secretNames =
  /^(stdin|keyMaterial|.*(seed|password|passphrase|secret|token|privateKey(Pem\w*)?|credentials))$/i;

/** As in `NATS_PASSWORD=…`. */
const secretVariable = /^\w*(SEED|PASSWORD|PASSPHRASE|SECRET|TOKEN|PRIVATE_?KEY|CREDENTIALS)\w*=/i;

export const plainSecret: Rule = {
  name: "plain-secret",
  promise:
    "No private key, seed or password is in plain text, neither in the configuration nor in the state.",
  reason:
    "Both are stored, copied and shown in pull requests. Everyone who reads them knows a secret in plain text.",
  fix:
    "In the configuration encrypt it (`pulumi config set --secret --path …` writes `secure: …`); in the program wrap " +
    "the input in `pulumi.secret`",
  late: true,
  inPlan: ({ plainKeys }) => plainKeys.map((where) => `${where} has a private key in plain text`),
  inResource: ({ name, inputs }) =>
    leavesOf(inputs).flatMap((leaf) => {
      const what = leaf.secret || leaf.text === "" ? undefined : secretIn(leaf);
      return what === undefined ? [] : [`${name} has ${what} in plain text in ${leaf.path.join(".")}`];
    }),
};

function secretIn({ path, text }: Leaf): string | undefined {
  const known = secretTexts.find(([pattern]) => pattern.test(text));
  if (known !== undefined) return known[1];
  const isVariable = path[0] === "envs" && secretVariable.test(text);
  return isVariable || secretNames.test(path.at(-1) ?? "") ? "a secret value" : undefined;
}

/**
 * Where a configuration has a private key that is not encrypted.
 * @param raw decrypted, as Pulumi gives it
 * @param isSecret whether anything under a key is encrypted. Pulumi does not tell which part
 * @param file the text of the stack's file: it shows which part is encrypted. undefined: the file can't be read
 */
export function plainKeysIn(
  raw: Readonly<Record<string, string>>,
  isSecret: (key: string) => boolean,
  file: { readonly name: string; readonly text: string } | undefined,
): string[] {
  const isKey = (text: string) => secretTexts[0]?.[0].test(text) === true;
  const sections = Object.entries(raw)
    .filter(([key, value]) => isKey(value) && !isSecret(key))
    .map(([key]) => key)
    .sort();
  return sections.length === 0 && file !== undefined && isKey(file.text) ? [file.name] : sections;
}
