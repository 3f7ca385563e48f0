import { markerFile } from "../../model/host-marker.ts";
import { labelNames } from "../../model/labels.ts";

/** First and last line of what the script prints: between them nothing else has spoken, and nothing is missing. */
export const surveyBegin = "unityplan-survey";
export const surveyEnd = "unityplan-survey-end";

/**
 * A POSIX shell script that tells what there is on a host, a fact a line, and changes nothing. It runs as root and never
 * stops at what is missing. Its words are read by `survey-facts.ts`.
 */
export const surveyScript = `
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
holds() { if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi; }
lines() { "$@" 2>/dev/null | sed "s/^/$fact /" || :; }
opens() { test -c "$1" && (: <>"$1") 2>/dev/null; }

echo ${surveyBegin}
(. /etc/os-release && echo "os \${ID:--} \${VERSION_ID:--}") 2>/dev/null || echo 'os - -'
echo "machine $(uname -m)"
echo "kernel $(uname -r)"
echo "systemd $(holds test -d /run/systemd/system)"
echo "tun $(holds opens /dev/net/tun)"
if [ -d /sys/module/wireguard ] || modprobe -qn wireguard 2>/dev/null; then echo 'wireguard yes'; else echo 'wireguard no'; fi
for tool in ip ss; do command -v "$tool" >/dev/null || echo "lacks $tool"; done
fact=marker; lines cat ${markerFile}

fact=docker; lines docker version --format '{{.Server.Version}}'
folder=$(docker info --format '{{.DockerRootDir}}' 2>/dev/null || :)
[ -d "$folder" ] || folder=/var/lib/docker
[ -d "$folder" ] || folder=/var/lib
echo "disk $(df -B1 --output=avail "$folder" | tail -n 1 | tr -d ' ') $folder"
echo "held $(du -scB1 "$folder"/volumes/*unityplan-nats-*-data 2>/dev/null | tail -n 1 | cut -f 1)"
containers=$(docker ps --quiet --filter label=${labelNames.pod} 2>/dev/null || :)
if [ -n "$containers" ]; then
  fact=own
  lines docker inspect --format '{{.State.Pid}}{{range .HostConfig.PortBindings}}{{range .}} {{.HostPort}}{{end}}{{end}}' $containers
fi
networks=$(docker network ls --quiet 2>/dev/null || :)
if [ -n "$networks" ]; then
  fact=network
  lines docker network inspect --format '{{.Name}}{{range .IPAM.Config}} {{.Subnet}}{{end}}' $networks
fi

fact=tcp; lines ss -Hlntp
fact=udp; lines ss -Hlnup
fact=wg; lines wg show all listen-port
fact=link; lines ip -o link show
fact=addr; lines ip -o -4 addr show
fact=route; lines ip -4 route show table main
for file in /etc/wireguard/*.conf; do
  if [ -e "$file" ]; then name=\${file##*/}; echo "vpn \${name%.conf}"; fi
done
echo ${surveyEnd}
`;

/** Asked on its own, because what stands around it takes its time. */
export const clockScript = "date +%s%N";
