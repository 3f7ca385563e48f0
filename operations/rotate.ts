import { UsageError } from "./cli/arguments.ts";
import { runReporting } from "./cli/command.ts";
import { rotateAuthority } from "./rotate/authority.ts";
import { rotateLeaves } from "./rotate/leaves.ts";
import { rotateWireGuard } from "./rotate/wireguard.ts";

const help = `npm run rotate -- leaves|ca|wireguard [OPTIONS] [STACK]

  leaves      gives the servers new certificates and keys, in one update and without a restart
  ca          replaces the CA, in three updates
  wireguard   replaces the keys of the VPN between hosts: one update for the preshared keys, one for each host

Each of them has its own help: \`npm run rotate -- leaves --help\`. docs/certificates.md and docs/hosts.md describe each
rotation.`;

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
    if (kind !== "--help")
      throw new UsageError(`"${kind}" can't be rotated; allowed are leaves, ca and wireguard.\n\n${help}`);
    process.stdout.write(`${help}\n`);
    return 0;
  });
}
