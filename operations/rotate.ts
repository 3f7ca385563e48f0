import { UsageError } from "./cli/arguments.ts";
import { runReporting } from "./cli/command.ts";
import { rotateAuthority } from "./rotate/authority.ts";
import { rotateLeaves } from "./rotate/leaves.ts";
import { rotateWireGuard } from "./rotate/wireguard.ts";

const help = `npm run rotate -- leaves|ca|wireguard [OPTIONS] [STACK]

  leaves      gives servers new certificates and keys, by one update and without a restart
  ca          replaces the authority itself, by three updates
  wireguard   makes the keys of the VPN between hosts anew, by one update for each host and one for all

\`npm run rotate -- leaves --help\`, and the same of the others, says more. docs/certificates.md and docs/hosts.md have
the whole story.`;

const kinds: Readonly<Record<string, (argv: readonly string[]) => Promise<void>>> = {
  leaves: rotateLeaves,
  ca: rotateAuthority,
  wireguard: rotateWireGuard,
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
