import { expect, it } from "vitest";
import { Provider } from "../../components/nats/provider.ts";
import type { SshHost } from "../../model/ssh.ts";
import { checkConfiguration } from "../../provider/configuration.ts";
import { mockEngine, value } from "../support/mocks.ts";

const ssh: SshHost = {
  address: "45.123.45.67",
  port: 22,
  user: "root",
  hostKey: `ssh-ed25519 ${"A".repeat(68)}`,
  identityFile: undefined,
};

async function inputsWith(via: Readonly<Record<string, SshHost>>) {
  const registered = await mockEngine(() => ({}), true);
  const provider = new Provider("nats", {
    servers: ["nats://10.0.1.1:4222"],
    systemSeed: `SU${"A".repeat(56)}`,
    clientTls: "off",
    authorities: "PEM",
    certificate: "PEM",
    privateKey: "PEM",
    via,
  });
  await value(provider.urn);
  return registered[0]?.inputs ?? {};
}

it("tells the provider the hosts of its servers as plain text, which a preview knows", async () => {
  const { via } = await inputsWith({ "10.0.1.1": ssh });
  expect(JSON.parse(String(via))).toEqual({ "10.0.1.1": { ...ssh, identityFile: undefined } });
  expect(checkConfiguration({ servers: ["nats://10.0.1.1:4222"], via })).toEqual([]);
});

it("tells it of no host where all servers are dialled as they are, so that nothing changes for them", async () => {
  expect(await inputsWith({})).not.toHaveProperty("via");
});
