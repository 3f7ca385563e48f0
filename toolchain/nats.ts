import { GO_MODULES, type GoModuleName, NATS_CLI_VERSION, NATS_SERVER_VERSION } from "./modules.ts";
import { findInstalled } from "./versions.ts";

/** What NATS tools may be installed already: a newer CLI serves as well, the server is the one the image has. */
const WANTED = {
  nats: { atLeast: NATS_CLI_VERSION },
  "nats-server": { exactly: NATS_SERVER_VERSION },
};

/** Whether the right version of a NATS program is on PATH. */
export async function isNatsInstalled(
  name: GoModuleName & keyof typeof WANTED,
  cache: string,
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const { program, proof } = GO_MODULES[name];
  return !!(await findInstalled({ cache, env, program, versionArgs: [...proof.args], wanted: WANTED[name] }));
}
