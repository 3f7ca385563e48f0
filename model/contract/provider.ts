import type { SshHost } from "../ssh.ts";
import type { ClientTls } from "../tls/client-tls.ts";

/** Inputs of the provider resource `pulumi:providers:nats`. */
export interface ProviderInputs {
  /** Client URLs, any of which will do: `nats://127.0.0.1:4222`. */
  readonly servers: readonly string[];
  /** Seed of the system account's NKey user; needed by `nats:server:*`. Secret. */
  readonly systemSeed?: string;
  /** What the client ports speak: off, on, or required, which asks for a client certificate. Default off. */
  readonly clientTls?: ClientTls;
  /** PEM of the CAs whose servers are trusted. */
  readonly authorities?: string;
  /** PEM of the client certificate that is shown to servers that ask for one. */
  readonly certificate?: string;
  /** Its private key. Secret. */
  readonly privateKey?: string;
  /** The host through which a server's address is reached; the others are dialled as they are. */
  readonly via?: Readonly<Record<string, SshHost>>;
}
