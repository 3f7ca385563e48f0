import { homedir } from "node:os";
import { join } from "node:path";

/** Where the nats CLI keeps its contexts. https://github.com/nats-io/natscli#configuration-contexts */
export function contextsHome(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CONFIG_HOME || join(homedir(), ".config"), "nats");
}
