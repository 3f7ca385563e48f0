import { UsageError } from "./arguments.ts";
import { runReporting } from "./command.ts";
import { rotateAuthority } from "./rotate/authority.ts";
import { rotateLeaves } from "./rotate/leaves.ts";

const help = `npm run rotate -- leaves|ca [OPTIONS] [STACK]

  leaves   gives servers new certificates and keys, by one update and without a restart
  ca       replaces the authority itself, by three updates

\`npm run rotate -- leaves --help\` and \`npm run rotate -- ca --help\` say more. docs/certificates.md has the whole story.`;

const kinds: Readonly<Record<string, (argv: readonly string[]) => Promise<void>>> = {
  leaves: rotateLeaves,
  ca: rotateAuthority,
};

const [kind = "", ...argv] = process.argv.slice(2);
const rotate = kinds[kind];
if (rotate !== undefined) await rotate(argv);
else {
  await runReporting(async () => {
    if (kind !== "--help") throw new UsageError(`"${kind}" can't be rotated.\n\n${help}`);
    process.stdout.write(`${help}\n`);
    return 0;
  });
}
