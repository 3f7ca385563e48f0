import { readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { prepareControlFolder } from "../../client/ssh.ts";
import { type SshHost, sshArguments } from "../../model/ssh.ts";
import { runProgram } from "../../toolchain/run-program.ts";
import { tarArchive } from "../../toolchain/tar.ts";
import { createArguments } from "./container.ts";
import { hardwareAddressOf } from "./links.ts";
import { labLabel } from "./owner.ts";
import { run } from "./run.ts";

/** A bare machine that stands in for a server somewhere. */
export interface LabHost {
  readonly id: string;
  /** IPv4 address on the lab's network, which stands in for the internet. */
  readonly address: string;
  /** As in `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  readonly containerName: string;
}

/** An engine's storage can't be on a container's layer: overlay does not stack. By what it is. */
const storage = { docker: "/var/lib/docker", containerd: "/var/lib/containerd" };

export interface HostPlan {
  readonly id: string;
  readonly image: string;
  /** Of all the lab's names; its network has no other. */
  readonly prefix: string;
  /** The lab's. */
  readonly folder: string;
  readonly address: string;
  /** Where the engine's data is kept; undefined for a volume of the machine's engine. */
  readonly engineFolder: string | undefined;
}

/** Name of the client's private key in the lab's folder. */
export const identityName = "id_ed25519";

export async function makeKey(file: string, comment: string): Promise<void> {
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file]);
}

/** Makes a host with a key of its own and starts it. */
export async function makeHost(plan: HostPlan): Promise<LabHost> {
  const { id, image, prefix, folder, address } = plan;
  const name = `${prefix}-${id}`;
  const keyFile = join(folder, `${id}.host_key`);
  await makeKey(keyFile, id);
  const volumes = await makeVolumes(name, plan);
  const container = { name, hostname: id, image, network: prefix, address, volumes, label: labLabel(prefix) };
  await run("docker", createArguments({ ...container, hardwareAddress: hardwareAddressOf(address) }));
  const publicKey = readFileSync(`${keyFile}.pub`);
  const clientKey = readFileSync(join(folder, `${identityName}.pub`));
  const input = tarArchive([
    { name: "etc/ssh/ssh_host_ed25519_key", content: readFileSync(keyFile), mode: 0o600 },
    { name: "etc/ssh/ssh_host_ed25519_key.pub", content: publicKey, mode: 0o644 },
    { name: "root/.ssh/authorized_keys", content: clientKey, mode: 0o600 },
    // It belongs to root: sshd allows that, and `admin` must only be able to read it.
    { name: "home/admin/.ssh/authorized_keys", content: clientKey, mode: 0o644 },
  ]);
  await run("docker", ["cp", "-", `${name}:/`], { input });
  await run("docker", ["start", name]);
  const hostKey = publicKey.toString().split(" ").slice(0, 2).join(" ");
  return { id, address, hostKey, containerName: name };
}

async function makeVolumes(
  name: string,
  { prefix, engineFolder }: HostPlan,
): Promise<Record<string, string>> {
  const volumes: Record<string, string> = {};
  for (const [what, path] of Object.entries(storage)) {
    const bind = ["--opt=type=none", "--opt=o=bind", `--opt=device=${engineFolder}`];
    const place = what === "docker" && engineFolder !== undefined ? bind : [];
    await run("docker", ["volume", "create", labLabel(prefix), ...place, `${name}-${what}`]);
    volumes[path] = `${name}-${what}`;
  }
  return volumes;
}

/** Whether an SSH server introduces itself there. */
export function sshAnswers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port: 22, timeout: 1000 });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", (data: Buffer) => done(data.toString().startsWith("SSH-")));
    for (const event of ["error", "timeout", "close"]) socket.once(event, () => done(false));
  });
}

/** Ends the connection that OpenSSH keeps open: the next lab may have the same address and another key. */
export async function closeMaster(host: SshHost): Promise<void> {
  prepareControlFolder();
  const args = ["-O", "exit", ...sshArguments(host)];
  await runProgram("ssh", args, { env: process.env, timeoutSeconds: 10 });
}
