import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  aptInstall,
  engineRemedy,
  installDockerCli,
  type Machine,
  removeStalePidFile,
  startDaemon,
  systemIds,
} from "../../../toolchain/engine-start.ts";
import { pathWith, put, putScript, temporaryFolder } from "./support.ts";

const bare: Machine = { isRoot: true, systemIds: ["debian"], hasDockerd: false, hasAptGet: true };
const silent = (problem: string, host = "unix:///var/run/docker.sock", namedBy = "the usual socket") => ({
  problems: [{ endpoint: { host, namedBy }, problem }],
});

function refusal(machine: Partial<Machine>, found = silent("ENOENT")): string {
  const remedy = engineRemedy({ ...bare, ...machine }, found);
  return typeof remedy === "object" ? remedy.error : `no refusal but ${remedy}`;
}

describe("where no engine answers", () => {
  it("root starts the one that is installed, and installs one on Debian and its kin", () => {
    expect(engineRemedy({ ...bare, hasDockerd: true }, silent("ENOENT"))).toBe("start");
    expect(engineRemedy(bare, silent("ENOENT"))).toBe("install");
    expect(engineRemedy({ ...bare, systemIds: ["linuxmint", "ubuntu", "debian"] }, silent("ENOENT"))).toBe(
      "install",
    );
  });

  it("starts the local one also where DOCKER_HOST names its own socket", () => {
    const named = silent("ECONNREFUSED", "unix:///var/run/docker.sock", "DOCKER_HOST");
    expect(engineRemedy({ ...bare, hasDockerd: true }, named)).toBe("start");
  });

  it("never starts another than the one that the user named", () => {
    const text = refusal({ hasDockerd: true }, silent("timed out", "ssh://desk", "DOCKER_HOST"));
    expect(text).toContain("ssh://desk (DOCKER_HOST): timed out");
    expect(text).toContain("remove it from DOCKER_HOST");
  });

  it("says what was tried and what to install elsewhere", () => {
    const text = refusal({ systemIds: ["fedora"] });
    expect(text).toContain("unix:///var/run/docker.sock (the usual socket): ENOENT");
    expect(text).toContain("this is fedora. Install Docker Engine");
    expect(refusal({ hasAptGet: false })).toContain("Install Docker Engine");
  });

  it("tells who is not root how to install it, to start it, or to be allowed to use it", () => {
    expect(refusal({ isRoot: false })).toContain("Install Docker Engine");
    expect(refusal({ isRoot: false, hasDockerd: true })).toContain("sudo systemctl start docker");
    expect(refusal({ isRoot: false, hasDockerd: true }, silent("EACCES"))).toContain("usermod -aG docker");
  });
});

describe("the system's name", () => {
  it("is read with the systems that it is like", () => {
    expect(systemIds('PRETTY_NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n')).toEqual([
      "linuxmint",
      "ubuntu",
      "debian",
    ]);
    expect(systemIds("ID=debian\n")).toEqual(["debian"]);
  });
});

describe("a pid file", () => {
  it("goes when its process is gone or another program's", () => {
    for (const command of [undefined, "bash"]) {
      const file = put(join(temporaryFolder(), "docker.pid"), "4242");
      expect(removeStalePidFile(file, () => command)).toBe(true);
      expect(existsSync(file)).toBe(false);
    }
  });

  it("stays while an engine runs", () => {
    const file = put(join(temporaryFolder(), "docker.pid"), "4242\n");
    expect(removeStalePidFile(file, (pid) => (pid === 4242 ? "dockerd" : undefined))).toBe(false);
    expect(existsSync(file)).toBe(true);
  });

  it("need not be there", () => {
    expect(removeStalePidFile(join(temporaryFolder(), "none"))).toBe(false);
  });
});

describe("starting an engine", () => {
  function daemon(folder: string, withinSeconds: number) {
    const [log, pidFile] = [join(folder, "log"), join(folder, "pid")];
    return {
      program: join(folder, "dockerd"),
      args: [],
      host: `unix://${folder}/s`,
      log,
      pidFile,
      withinSeconds,
    };
  }

  it("waits until it answers, and leaves it running in a group of its own", async () => {
    const folder = temporaryFolder();
    const server = `require("node:http").createServer((_, r) => r.end("OK")).listen("${folder}/s")`;
    putScript(join(folder, "dockerd"), `echo $$ > ${folder}/pid; exec '${process.execPath}' -e '${server}'`);
    await startDaemon(daemon(folder, 30), pathWith(folder));
    const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
    onTestFinished(() => void process.kill(pid));
    const group = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[2];
    expect(group).toBe(String(pid));
  });

  it("says how it ended, with the end of its log", async () => {
    const folder = temporaryFolder();
    putScript(join(folder, "dockerd"), "echo 'iptables: not permitted'; exit 4");
    await expect(startDaemon(daemon(folder, 30), pathWith(folder))).rejects.toThrow(
      `did not start: it ended with exit code 4. The end of its log (${folder}/log):\n    iptables: not permitted`,
    );
  });

  it("says that it does not answer in time", async () => {
    const folder = temporaryFolder();
    putScript(join(folder, "dockerd"), `echo $$ > ${folder}/pid; echo waiting; exec sleep 60`);
    const starting = startDaemon(daemon(folder, 1), pathWith(folder));
    await expect(starting).rejects.toThrow("it does not answer after 1 s");
    process.kill(Number(readFileSync(join(folder, "pid"), "utf8")));
  });
});

describe("installing from the distribution", () => {
  it("updates the list, then installs without questions", async () => {
    const folder = temporaryFolder();
    putScript(join(folder, "apt-get"), `echo "$DEBIAN_FRONTEND $*" >> ${folder}/calls`);
    await aptInstall(["docker.io"], pathWith(folder), () => {});
    expect(readFileSync(join(folder, "calls"), "utf8")).toBe(
      "noninteractive update -q\nnoninteractive install -y -q --no-install-recommends docker.io\n",
    );
  });

  it("hands on what went wrong", async () => {
    const folder = temporaryFolder();
    putScript(join(folder, "apt-get"), "echo 'E: no space'; exit 100");
    await expect(aptInstall(["docker.io"], pathWith(folder), () => {})).rejects.toThrow(
      "apt-get update -q failed: exit code 100\n    E: no space",
    );
  });

  it("adds the Docker CLI only where it is missing", async () => {
    const folder = temporaryFolder();
    putScript(join(folder, "apt-get"), `echo "$*" >> ${folder}/calls`);
    const env = { PATH: folder };
    putScript(join(folder, "docker"), "");
    await installDockerCli(env, () => {});
    expect(existsSync(join(folder, "calls"))).toBe(false);
  });
});
