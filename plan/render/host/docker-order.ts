import { fileCommand, preamble, replaceFile } from "./shell.ts";

export interface DockerPlan {
  readonly hostId: string;
  /** As in `wg0`; undefined: the host is in no VPN. */
  readonly interfaceName: string | undefined;
}

const dropIn = "/etc/systemd/system/docker.service.d/unityplan.conf";
const sysctlFile = "/etc/sysctl.d/60-unityplan.conf";
const nonlocalBind = "/proc/sys/net/ipv4/ip_nonlocal_bind";
/** Files and sockets that the engine may hold open at once. */
const openFiles = 1_048_576;

/**
 * POSIX shell, run as root: Docker starts after the VPN, so that its servers find their address; and where the VPN is
 * late, they may listen on an address that is not there yet (https://docs.kernel.org/networking/ip-sysctl.html). An
 * engine with containers is not restarted: all of this is for the next start.
 */
export function dockerScript({ hostId, interfaceName }: DockerPlan): string {
  return [
    preamble,
    replaceFile,
    interfaceName === undefined ? "" : bindCommands(hostId),
    fileCommand(dropIn, renderDropIn(interfaceName)),
    startCommands(hostId, interfaceName),
  ].join("");
}

export function renderDropIn(interfaceName: string | undefined): string {
  const order =
    interfaceName === undefined
      ? ""
      : `[Unit]\nAfter=wg-quick@${interfaceName}.service\nWants=wg-quick@${interfaceName}.service\n\n`;
  return `# Written by unityplan-nats.\n${order}[Service]\nLimitNOFILE=${openFiles}\n`;
}

/** On the way out. */
export const undockScript = `${preamble}rm -f ${dropIn}
rmdir ${dropIn.slice(0, dropIn.lastIndexOf("/"))} 2>/dev/null || :
if [ -e ${sysctlFile} ]; then rm ${sysctlFile}; echo 0 >${nonlocalBind} || :; fi
systemctl daemon-reload
`;

function bindCommands(hostId: string): string {
  return `${fileCommand(sysctlFile, "# Written by unityplan-nats: servers may start before the VPN.\nnet.ipv4.ip_nonlocal_bind = 1")}\
echo 1 >${nonlocalBind} || fail "${hostId}: net.ipv4.ip_nonlocal_bind can't be set (${nonlocalBind}); a host that is a container has to be given that right by its own host"
`;
}

/** A VPN that has no file yet is wanted in vain, and would be shown as failed until it comes. */
function startCommands(hostId: string, interfaceName: string | undefined): string {
  const forget =
    interfaceName === undefined
      ? ""
      : `  [ -e /etc/wireguard/${interfaceName}.conf ] || systemctl reset-failed wg-quick@${interfaceName}.service 2>/dev/null || :\n`;
  return `if [ $changed = yes ]; then systemctl daemon-reload; fi
engine() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }
why() { journalctl --no-pager -u docker -n 8 -o cat >&2 2>/dev/null || :; fail "${hostId}: the Docker engine $1. Its last words are above; mend that (\\\`systemctl status docker\\\` there), then run \\\`pulumi up\\\` again"; }
unit() { systemctl cat docker.service >/dev/null 2>&1; }
if unit; then
  systemctl -q enable docker.service 2>/dev/null || why 'can not be made to start with the host'
fi
if ! engine; then
  unit || why 'is no unit docker.service of systemd'
  systemctl reset-failed docker.service 2>/dev/null || :
  systemctl start docker.service || why 'does not start'
  engine || why 'does not answer'
${forget}elif [ $changed = yes ] && unit && running=$(docker ps --quiet) && [ -z "$running" ]; then
  systemctl restart docker.service || why 'does not start again'
${forget}fi
`;
}
