import { asRoot, quoted, type SshHost, sshCommand } from "../../../model/ssh.ts";
import { type FirewallPlan, renderFirewall, table } from "./firewall-rules.ts";
import { fileCommand, preamble, replaceFile } from "./shell.ts";

const folder = "/etc/unityplan";
/** What a host starts with: a firewall behind which SSH has come through. */
const confirmed = `${folder}/firewall.nft`;
/** In force, but not yet confirmed. Whoever renames it first, confirmation or rollback, has won. */
const candidate = `${folder}/firewall.nft.new`;
const refused = `${folder}/firewall.nft.refused`;
const unit = "unityplan-firewall.service";
const unitFile = `/etc/systemd/system/${unit}`;
/** The distribution's own firewall begins and ends with `flush ruleset`, which is everybody's. */
const dropIn = "/etc/systemd/system/nftables.service.d/unityplan.conf";
const rollback = "unityplan-firewall-rollback";

/** How long SSH has, to come through a new firewall. */
const rollbackSeconds = 30;

/**
 * A local shell script: puts the firewall in force with its own rollback armed on the host, and then opens a new SSH
 * connection. Only that disarms the rollback and has the firewall come back when the host starts. So it locks nobody out:
 * where the new connection does not come through, the host goes back by itself, and the script fails.
 */
export function firewallCommand(ssh: SshHost, plan: FirewallPlan): string {
  const { hostId, sshPort } = plan;
  const shared = sshCommand(ssh);
  const anew = sshCommand(ssh, ["ControlMaster=no", "ControlPath=none"]);
  const message =
    `${hostId}: no new SSH connection came through the firewall (its own words are above), so the host takes it back ` +
    `within ${rollbackSeconds} s. It lets in TCP port ${sshPort}, which has to be the one on which the host itself ` +
    "listens; where a router in front of it maps another one to that, say `firewall: false` for this host and let the " +
    "router filter";
  return `set -eu
${shared} ${quoted(asRoot(ssh, applyScript(plan)))} </dev/null
${anew} ${quoted(asRoot(ssh, confirmScript(plan)))} </dev/null ||
${anew} ${quoted(asRoot(ssh, confirmScript(plan)))} </dev/null ||
{ echo ${quoted(message)} >&2; exit 1; }
`;
}

/** A local shell script for the way out. */
export function firewallRemoval(ssh: SshHost): string {
  return `${sshCommand(ssh)} ${quoted(asRoot(ssh, removeScript))} </dev/null\n`;
}

/**
 * The timer is armed first: from then on nothing that fails, not even this connection, can leave the host shut. What an
 * earlier run has left unconfirmed is taken back before its own timer is disarmed.
 */
export function applyScript(plan: FirewallPlan): string {
  const { hostId } = plan;
  return `${preamble}${replaceFile}
for name in $(ip -o route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p'); do
  case $name in docker0|br-*) fail "${hostId}: the way to the internet is the interface $name, which the firewall would take for one of Docker's bridges; rename it, or say firewall: false for this host";; esac
done
(${rollbackScript}) 2>/dev/null || :
systemctl stop ${rollback}.timer 2>/dev/null || :
rm -f ${refused}
${fileCommand(candidate, renderFirewall(plan))}
nft -c -f ${candidate} || fail "${hostId}: nftables refuses the firewall; its words are above. See that the kernel has nf_tables (\\\`modprobe nf_tables\\\`), or say firewall: false for this host"
systemctl reset-failed ${rollback}.service 2>/dev/null || :
systemd-run --quiet --collect --unit=${rollback} --on-active=${rollbackSeconds} --timer-property=AccuracySec=100ms \\
  /bin/sh -c ${quoted(rollbackScript)} || fail "${hostId}: the firewall's rollback could not be armed, so it was not put in force (systemd-run)"
nft -f ${candidate} || fail "${hostId}: nftables refuses the firewall; its words are above"
`;
}

/** What was confirmed before comes back; nothing, where nothing was. */
export const rollbackScript =
  `mv ${candidate} ${refused} || exit 0; ` +
  `if [ -e ${confirmed} ]; then nft -f ${confirmed}; else nft delete table ${table}; fi`;

/** Asked twice, it has been done already. Where the timer is gone, the host has restarted, without this firewall. */
export function confirmScript({ hostId }: FirewallPlan): string {
  return `${preamble}${replaceFile}
late() { fail "${hostId}: the host has taken the firewall back already"; }
if [ -e ${candidate} ] && ! systemctl -q is-active ${rollback}.timer; then late; fi
if ! mv ${candidate} ${confirmed} 2>/dev/null && [ -e ${refused} ]; then late; fi
systemctl stop ${rollback}.timer 2>/dev/null || :
${fileCommand(dropIn, renderDropIn())}
${fileCommand(unitFile, renderUnit())}
systemctl daemon-reload
systemctl -q enable ${unit}
systemctl start ${unit} || fail "${hostId}: the firewall is in force, but would not come back when the host starts (\\\`systemctl status ${unit}\\\`)"
`;
}

/** Before any interface is up. Nothing takes the firewall down when the host shuts down. */
export function renderUnit(): string {
  return `# Written by unityplan-nats.
[Unit]
Description=Firewall of UnityPlan's NATS cluster
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
After=local-fs.target nftables.service
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f ${confirmed}
ExecReload=/usr/sbin/nft -f ${confirmed}

[Install]
WantedBy=sysinit.target
`;
}

function renderDropIn(): string {
  const load = `-/usr/sbin/nft -f ${confirmed}`;
  return `# Written by unityplan-nats.\n[Service]\nExecStartPost=${load}\nExecReload=${load}\nExecStopPost=${load}\n`;
}

export const removeScript = `${preamble}systemctl stop ${rollback}.timer 2>/dev/null || :
systemctl -q disable ${unit} 2>/dev/null || :
systemctl stop ${unit} 2>/dev/null || :
nft delete table ${table} 2>/dev/null || :
rm -f ${unitFile} ${dropIn} ${confirmed} ${candidate} ${refused}
rmdir ${folder} ${dropIn.slice(0, dropIn.lastIndexOf("/"))} 2>/dev/null || :
systemctl daemon-reload
`;
