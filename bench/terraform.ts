import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeByPrefix } from "../harness/engine.ts";
import type { Attempt, Contender } from "./contender.ts";
import { terraform } from "./names.ts";
import { prepareJob, urlsOf } from "./peer/job.ts";
import { terraformCliConfiguration, terraformFile } from "./peer/terraform-file.ts";
import type { TerraformTool } from "./tools.ts";

/** Terraform with the docker provider for the servers and the nats CLI in provisioners for the streams. */
export function terraformContender(tool: TerraformTool, env: NodeJS.ProcessEnv): Contender {
  return {
    name: terraform,
    note:
      `Terraform ${tool.version} with the docker provider 2.23.0 and the nats CLI in provisioners; its plan looks at the ` +
      "containers and at no stream; no TLS; destroy kills the servers and deletes the volumes",
    begin: () => begin(tool, env),
  };
}

async function begin(tool: TerraformTool, base: NodeJS.ProcessEnv): Promise<Attempt> {
  const job = await prepareJob();
  const { folder, prefix, pods } = job;
  const cliConfiguration = join(folder, "terraformrc");
  writeFileSync(join(folder, "main.tf.json"), terraformFile(job));
  writeFileSync(cliConfiguration, terraformCliConfiguration(tool.providerFolder));
  // With the provider from a folder there is nothing for `terraform init` to do, and no registry is asked.
  const env = {
    ...base,
    TF_CLI_CONFIG_FILE: cliConfiguration,
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
  };
  const run = (...args: string[]) => ({
    program: "terraform",
    args: [...args, "-no-color"],
    cwd: folder,
    env,
  });
  const apply = run("apply", "-auto-approve", "-input=false");
  return {
    prefix,
    urls: urlsOf(pods),
    commands: {
      "cold up": apply,
      "no-op up": apply,
      // With this flag a plan that has changes fails.
      "no-op preview": run("plan", "-input=false", "-detailed-exitcode"),
      down: run("destroy", "-auto-approve", "-input=false"),
    },
    dispose: async () => {
      await removeByPrefix(prefix);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
