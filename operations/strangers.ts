import type { Topology } from "../components/topology.ts";
import { runProgram } from "../toolchain/run-program.ts";
import { Failure } from "./command.ts";

/**
 * A stack that is brought up for the first time finds none of its containers. (A host that is reached by SSH may have no
 * engine yet; its survey looks at the ports instead.) Where they are there, another clone of
 * this project, or a state that was lost, left them: this stack would fail half-way, and take over their data.
 * @throws Failure with their names and what to do
 */
export async function refuseStrangers(topology: Topology, env: NodeJS.ProcessEnv): Promise<void> {
  const found: string[] = [];
  for (const host of topology.hosts.filter(({ remote }) => remote === undefined)) {
    const names = topology.pods.filter((pod) => pod.hostId === host.id).map((pod) => pod.serverName);
    const hostEnv = host.dockerUrl === undefined ? env : { ...env, DOCKER_HOST: host.dockerUrl };
    const { stdout } = await runProgram("docker", ["container", "ls", "--all", "--format", "{{.Names}}"], {
      env: hostEnv,
    });
    found.push(...stdout.split("\n").filter((name) => names.includes(name)));
  }
  if (found.length === 0) return;
  throw new Failure(
    `The engine already has ${found.join(", ")}, and this stack did not make them: they belong to another clone of ` +
      "this project, or to one whose .state folder is gone. Nothing was touched. Take that one down first " +
      `(\`npm run down\` where it was brought up, or \`docker rm --force ${found.join(" ")}\`; data volumes stay), or ` +
      "give this stack its own names and ports with cluster.resourcePrefix.",
  );
}
