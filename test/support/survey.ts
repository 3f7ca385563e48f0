import type { SurveyedHost } from "../../model/contract/survey.ts";

/** What a host in good order prints, with lines changed: each by the fact that it begins with. */
export function surveyOutput(changes: Readonly<Record<string, readonly string[]>> = {}): string {
  const kept = inOrder.split("\n").filter((line) => !((line.split(" ")[0] as string) in changes));
  const changed = Object.entries(changes).flatMap(([fact, lines]) => lines.map((line) => `${fact} ${line}`));
  return `unityplan-survey\n${[...kept, ...changed].join("\n")}\nunityplan-survey-end\n`;
}

/** As a host prints it that was prepared earlier and runs two pods, one of them in a network of its own. */
const inOrder = `os debian 12
machine x86_64
kernel 6.1.0-28-amd64
systemd yes
tun yes
wireguard no
marker {"host":"dk","interface":"wg0"}
docker 20.10.24+dfsg1
disk 62949122048 /var/lib/docker
own 270
own 271 4333 6333
network bridge 172.17.0.0/16
network host
network pub 172.29.0.0/24
tcp LISTEN 0      4096     10.0.1.1:8222  0.0.0.0:* users:(("nats-server",pid=270,fd=5)) 
tcp LISTEN 0      4096     10.0.1.1:4222  0.0.0.0:* users:(("nats-server",pid=270,fd=8)) 
tcp LISTEN 0      4096      0.0.0.0:4333  0.0.0.0:* users:(("docker-proxy",pid=224,fd=4))
tcp LISTEN 0      128          [::]:22       [::]:* users:(("sshd",pid=72,fd=4),("sshd",pid=73,fd=4))
udp UNCONN 0      0         0.0.0.0:51820 0.0.0.0:*
udp UNCONN 0      0   127.0.0.53%lo:53    0.0.0.0:* users:(("systemd-resolve",pid=9,fd=13))
wg wg0\t51820
link 1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN
link 2: docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN
link 3: wg0: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1420 qdisc noqueue state UNKNOWN
link 8134: eth0@if8135: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP
vpn wg7
addr 1: lo    inet 127.0.0.1/8 scope host lo
addr 3: wg0    inet 10.0.1.1/24 scope global wg0
addr 8134: eth0    inet 10.77.95.11/24 brd 10.77.95.255 scope global eth0
route default via 10.77.95.1 dev eth0 
route 10.77.95.0/24 dev eth0 proto kernel scope link src 10.77.95.11 
route blackhole 10.9.0.0/16 
route 10.10.0.0/16 
route \tnexthop via 10.77.95.2 dev eth0 weight 1`;

export function surveyedHost(id: string, place = 1): SurveyedHost {
  return {
    id,
    ssh: {
      address: `192.0.2.${place}`,
      port: 22,
      user: "root",
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICbFsh7vm8azIDihDcfGqqBQMhcIhsi5gczM8dPffWmb",
      identityFile: undefined,
    },
    tcpPorts: [4222, 6222, 8222],
    udpPort: 51820,
    vpnAddress: `10.0.${place}.1`,
  };
}
