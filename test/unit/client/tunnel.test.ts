import { createServer, type Server } from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { open } from "../../../client/connection.ts";
import { type Dialer, directly, nameOf, withFault } from "../../../client/dialer.ts";
import { lookAtInfo } from "../../../client/info.ts";
import { sshWords } from "../../../client/ssh-words.ts";
import type { SshHost } from "../../../model/ssh.ts";
import { viaOf } from "../../../plan/endpoints.ts";

const ssh = (address: string): SshHost => ({
  address,
  port: 22,
  user: "root",
  hostKey: "ssh-ed25519 AAAA",
  identityFile: undefined,
});

describe("ssh's own words", () => {
  it("are its last ones, in a line", () => {
    const stderr =
      "@@@@@@@@@@@\r\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n@@@@@@@@@@@\r\n" +
      "Please contact your system administrator.\r\n" +
      "Host key for 45.1.2.3 has changed and you have requested strict checking.\r\nHost key verification failed.\r\n";
    expect(sshWords(stderr, 255)).toBe(
      "Host key for 45.1.2.3 has changed and you have requested strict checking; Host key verification failed",
    );
  });

  it.each(["Stdio forwarding request failed: Session open refused by peer", "stdio forwarding failed"])(
    "that explain nothing are put in words that do: %s",
    (words) => {
      expect(sshWords(`${words}\r\n`, 255)).toContain("nothing listens there");
    },
  );

  it("leave out what is harmless, and never are nothing at all", () => {
    const harmless = "ControlSocket /root/.ssh/x already exists, disabling multiplexing\n";
    expect(sshWords(harmless, 255)).toBe("the connection broke off (exit code 255)");
    expect(sshWords("", undefined)).toBe("the connection was ended");
    expect(sshWords(" .\n", 255)).toBe("the connection broke off (exit code 255)");
    fc.assert(fc.property(fc.string(), (stderr) => sshWords(stderr, 255) !== ""));
  });
});

describe("the way to a target", () => {
  it("is the target itself where nothing stands between", async () => {
    const road = await directly({ host: "127.0.0.1", port: 4222 });
    expect(road).toMatchObject({ host: "127.0.0.1", port: 4222, through: undefined });
    expect(nameOf("nats://127.0.0.1:4222", road)).toBe("nats://127.0.0.1:4222");
    expect(withFault("it is down", road)).toBe("it is down");
  });

  it("adds what ssh said, once", () => {
    expect(withFault("it is down", { fault: () => "no way" })).toBe("it is down (ssh: no way)");
    expect(withFault("no way", { fault: () => "no way" })).toBe("no way");
  });
});

describe("a dial through a host", () => {
  let local: Server;
  let events: string[];

  beforeEach(async () => {
    events = [];
    local = createServer((socket) => {
      events.push("dialled");
      socket.end('INFO {"server_name":"dk"}\r\n');
    });
    await new Promise<void>((resolve) => local.listen(0, "127.0.0.1", resolve));
  });

  afterEach(() => {
    local.close();
  });

  const port = () => (local.address() as { port: number }).port;
  const through = (ready: () => Promise<void>, fault?: string): Dialer => {
    return async () => ({
      host: "127.0.0.1",
      port: port(),
      through: "ssh root@45.1.2.3",
      ready,
      fault: () => fault,
    });
  };
  const target = { host: "10.0.1.1", port: 4222 };
  const login = { servers: ["nats://10.0.1.1:4222"], seed: undefined, tls: undefined };

  it("starts its clock when the way is open", async () => {
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      events.push("open");
    };
    expect(await lookAtInfo({ ...target, dialer: through(slow) }, 100)).toMatchObject({ serverName: "dk" });
    expect(events).toEqual(["open", "dialled"]);
  });

  it("fails with the target's own address and ssh's words when the way can't be opened, and dials nothing", async () => {
    const refused = async () => {
      throw new Error("Host key verification failed");
    };
    const dialer = through(refused, "Host key verification failed");
    await expect(lookAtInfo({ ...target, dialer })).rejects.toThrow(
      /^reading INFO from 10\.0\.1\.1:4222 through ssh root@45\.1\.2\.3 failed: Host key verification failed$/,
    );
    await expect(open({ ...login, dialer }, Date.now())).rejects.toThrow(
      "no NATS server could be reached at nats://10.0.1.1:4222 through ssh root@45.1.2.3: Host key verification failed",
    );
    expect(events).toEqual([]);
  });

  it("names each of several servers with what ssh said of it", async () => {
    const faults: Readonly<Record<string, string>> = {
      "10.0.1.1": "no way",
      "10.0.2.1": "Connection refused",
    };
    const dialer: Dialer = async ({ host }) => ({
      host,
      port: 1,
      through: `ssh ${host}`,
      ready: () => Promise.reject(new Error(faults[host])),
      fault: () => undefined,
    });
    const servers = ["nats://10.0.1.1:4222", "nats://10.0.2.1:4222"];
    await expect(open({ ...login, servers, dialer }, Date.now())).rejects.toThrow(
      "at nats://10.0.1.1:4222 through ssh 10.0.1.1: no way; nats://10.0.2.1:4222 through ssh 10.0.2.1: Connection refused",
    );
  });

  it("says what ended the connection where the server itself says nothing", async () => {
    local.removeAllListeners("connection").on("connection", (socket) => socket.destroy());
    const dialer = through(async () => {}, "nothing listens there");
    await expect(lookAtInfo({ ...target, dialer })).rejects.toThrow("(ssh: nothing listens there)");
    await expect(open({ ...login, dialer }, Date.now())).rejects.toThrow(
      /nats:\/\/10\.0\.1\.1:4222 through ssh root@45\.1\.2\.3: .*\(ssh: nothing listens there\)$/,
    );
  });
});

describe("which addresses are behind a host", () => {
  const published = (address: string) => ({
    address,
    clientPort: 4222,
    clusterPort: 6222,
    monitorPort: 8222,
  });
  const remote = (address: string) =>
    ({ ssh: ssh(address), firewall: true, image: "pull", peer: undefined }) as const;

  it("are those of the pods of each host that is reached by SSH", () => {
    expect(
      viaOf({
        hosts: [
          { id: "copenhagen", remote: remote("45.1.2.3") },
          { id: "here", remote: undefined },
          { id: "empty", remote: remote("45.9.9.9") },
        ],
        pods: [
          { hostId: "copenhagen", published: published("10.0.1.1") },
          { hostId: "copenhagen", published: published("10.0.1.1") },
          { hostId: "here", published: published("127.0.0.1") },
        ],
      }),
    ).toEqual({ "10.0.1.1": ssh("45.1.2.3") });
  });
});
