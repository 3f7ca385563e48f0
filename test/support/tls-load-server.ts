import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../../harness/ports.ts";
import { TestServer } from "./nats-server.ts";
import { issue } from "./pem.ts";

/** One server with JetStream that lets in only who has a certificate, and soon goes away when it is to be a lame duck. */
export async function startTlsServer() {
  const hour = 3_600_000;
  const { certificate, privateKey } = issue({
    commonName: "test",
    isAuthority: true,
    keyUsage: "",
    // What the client compares with where it dials an address.
    alternativeNames: "DNS:localhost",
    from: new Date(Date.now() - hour),
    to: new Date(Date.now() + hour),
  });
  const folder = await mkdtemp(join(tmpdir(), "nats-test-"));
  const [port = 0] = await freePorts(1);
  const configuration = join(folder, "server.conf");
  await writeFile(join(folder, "certificate.pem"), certificate);
  await writeFile(join(folder, "key.pem"), privateKey);
  await writeFile(configuration, text(port, folder));
  const url = `nats://127.0.0.1:${port}`;
  const server = new TestServer("test-tls", url, configuration, join(folder, "server.log"));
  server.start();
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  };
  const tls = { caPem: certificate, certificatePem: certificate, privateKeyPem: privateKey };
  return { url, tls, goAway: () => server.stop("SIGUSR2"), stop };
}

function text(port: number, folder: string): string {
  return `host: "127.0.0.1"
port: ${port}
jetstream { store_dir: "${folder}" }
lame_duck_duration: "30s"
lame_duck_grace_period: "100ms"
tls {
  cert_file: "${folder}/certificate.pem"
  key_file: "${folder}/key.pem"
  ca_file: "${folder}/certificate.pem"
  verify: true
}
`;
}
