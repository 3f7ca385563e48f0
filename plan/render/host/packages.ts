import { markerFile, renderMarker } from "../../../model/host-marker.ts";
import { fileCommand, preamble, replaceFile } from "./shell.ts";

export interface PackagesPlan {
  readonly hostId: string;
  /** Of the VPN, as in `wg0`. */
  readonly interfaceName: string;
  readonly vpn: boolean;
  readonly firewall: boolean;
}

/** How long another program may hold apt's locks, as one that installs a new server's updates does. */
const lockSeconds = 300;
/** Tells a policy file that an interrupted run has left behind from one of somebody else. */
const policyMark = "# written by unityplan-nats, for one installation only";

/**
 * POSIX shell, run as root: installs what is missing, and nothing else. An engine that answers is kept, whoever made it.
 * What is installed is not started: what it has to wait for is said first.
 */
export function packagesScript({ hostId, interfaceName, vpn, firewall }: PackagesPlan): string {
  const marker = renderMarker({ host: hostId, interface: interfaceName });
  return [
    preamble,
    replaceFile,
    fileCommand(markerFile, marker),
    `missing=\nneed() { command -v "$1" >/dev/null || missing="$missing $2"; }\n`,
    vpn ? vpnNeeds : "",
    firewall ? "need nft nftables\n" : "",
    dockerNeeds,
    install(hostId),
  ].join("");
}

/** On the way out; packages stay, for something else may use them by now. */
export const forgetScript = `${preamble}rm -f ${markerFile}
rmdir ${markerFile.slice(0, markerFile.lastIndexOf("/"))} 2>/dev/null || :
`;

/** The kernel's own WireGuard may be a module that is not loaded yet, and only trying it tells. */
const vpnNeeds = `need wg wireguard-tools
need ping iputils-ping
modprobe -q wireguard 2>/dev/null || :
if ip link add unityplan-try type wireguard 2>/dev/null; then
  ip link delete unityplan-try
else
  need wireguard-go wireguard-go
fi
`;

const dockerNeeds = `engine() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }
wantsDocker=no
if ! engine && ! command -v dockerd >/dev/null; then
  wantsDocker=yes
  missing="$missing docker.io"
  # To pull images.
  [ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"
fi
`;

function install(hostId: string): string {
  const give = `${hostId}: apt-get could not install$missing. Its last words are above; see that the host reaches its package mirrors, then run \\\`pulumi up\\\` again`;
  return `[ -n "$missing" ] || exit 0
log=$(mktemp)
policy=/usr/sbin/policy-rc.d
clean() { rm -f "$log"; if grep -qs '^${policyMark}$' $policy; then rm -f $policy; fi; }
trap clean EXIT
trap 'exit 1' HUP INT TERM
if [ ! -e $policy ]; then printf '#!/bin/sh\\n%s\\nexit 101\\n' '${policyMark}' >$policy; chmod 755 $policy; fi
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
give_up() { tail -n 12 "$log" >&2; fail "${give}"; }
tries=0
until apt-get -q update >"$log" 2>&1; do
  tries=$((tries + 1))
  if [ $tries -gt ${lockSeconds / 5} ] || ! grep -q 'Could not get lock' "$log"; then give_up; fi
  sleep 5
done
# Where the client is a package of its own.
if [ $wantsDocker = yes ] && apt-cache policy docker-cli | grep -q 'Candidate: [0-9]'; then missing="$missing docker-cli"; fi
apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=${lockSeconds} \\
  -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install $missing >"$log" 2>&1 </dev/null || give_up
`;
}
