import { asRoot, quoted, type SshHost, sshCommand } from "../../../model/ssh.ts";

/**
 * What is in an image, whichever engine holds it: its id is another one where the engine keeps images in containerd.
 * https://docs.docker.com/engine/storage/containerd/
 */
const contents = "{{.Architecture}} {{.Created}} {{json .RootFS.Layers}}";

/** A local shell script. A pipe's failure is only that of its last program, so what has arrived is looked at. */
export function carryCommand(hostId: string, ssh: SshHost, image: string): string {
  const there = (script: string) => `${sshCommand(ssh)} ${quoted(asRoot(ssh, script))}`;
  const inspect = `docker image inspect --format ${quoted(contents)} ${quoted(image)}`;
  const missing =
    `${hostId}: this machine's Docker engine has no image ${image} to carry to the host (its own words are above). ` +
    `\`docker pull ${image}\` brings it; with \`image: pull\` the host fetches it itself`;
  const lost = `${hostId}: the image ${image} did not arrive on the host; the words above say why. Run \`pulumi up\` again`;
  return `set -eu
here=$(${inspect}) || { echo ${quoted(missing)} >&2; exit 1; }
architecture=$(${there("docker version --format '{{.Server.Arch}}'")} </dev/null)
case $here in
  "$architecture "*) ;;
  *) echo ${quoted(`${hostId}: the image ${image} on this machine is for another architecture than the host's,`)} "$architecture;" ${quoted(`pull that one (\`docker pull --platform linux/ARCHITECTURE ${image}\`), or say \`image: pull\``)} >&2; exit 1 ;;
esac
arrived() { [ "$(${there(`${inspect} 2>/dev/null || :`)} </dev/null)" = "$here" ]; }
if arrived; then exit 0; fi
docker save ${quoted(image)} | ${there("docker load --quiet")} >/dev/null
arrived || { echo ${quoted(lost)} >&2; exit 1; }
`;
}
