import { poll } from "../../client/poll.ts";
import { runOnHost } from "../../client/ssh.ts";
import { diffForm } from "../../model/canonical-json.ts";
import { checkFields } from "../../model/contract/fields.ts";
import { type MeshInputs, meshFields } from "../../model/contract/mesh.ts";
import { natsTypes } from "../../model/resource-types.ts";
import { type Context, makesNothing, type Resource } from "../resource.ts";
import { meshScript, parseHeard } from "./mesh-script.ts";
import { type Look, mendOf, type Verdict, verdictOn } from "./mesh-verdict.ts";

/** Every host has its configuration by now, and a handshake takes no longer than a few attempts of 5 s each. */
const patienceMs = 60_000;
/** How long one round waits for a host's answer. */
const roundMs = 20_000;

type Run = typeof runOnHost;

/**
 * `nats:host:Mesh`: the gate that everything on the hosts waits behind. It makes nothing. It is there when every host of
 * the VPN has a handshake with every other host and hears its answer, both ways.
 * @param run how a script is run on a host
 */
export function meshGate(run: Run): Resource<MeshInputs> {
  return {
    check: (news) => checkFields(news, meshFields),
    /** How the hosts are reached is only looked at. */
    diff(state, _oldInputs, news) {
      const changed = (Object.keys(meshFields) as (keyof MeshInputs)[]).filter(
        (path) => diffForm(state[path], "ssh") !== diffForm(news[path], "ssh"),
      );
      return {
        changes: changed.map((path) => ({ path, kind: "update", replaces: false })),
        deleteBeforeReplace: false,
      };
    },
    preview: (inputs) => inputs,

    async create(inputs, context) {
      await meshHealthy(inputs, context, run);
      return { id: String(inputs.interfaceName), state: inputs };
    },
    async update(_id, _state, news, context) {
      await meshHealthy(news, context, run);
      return news;
    },
    ...makesNothing(natsTypes.mesh),
  };
}

export const mesh = meshGate(runOnHost);

async function meshHealthy(
  { interfaceName, peers, without }: MeshInputs,
  context: Context,
  run: Run,
): Promise<void> {
  const asked = peers.filter(({ hostId }) => !without.includes(hostId));
  const deadline = Math.min(context.deadline, Date.now() + patienceMs);
  let verdict: Verdict = { faults: [], unreached: [] };
  try {
    await poll(
      deadline,
      async () => {
        verdict = verdictOn(asked, await lookFrom(asked, interfaceName, run));
        return verdict.faults.length === 0
          ? { done: true }
          : { waitingFor: `the VPN ${interfaceName} is not healthy: ${verdict.faults.join("; ")}` };
      },
      context.progress,
    );
  } catch (error) {
    throw new Error(`${(error as Error).message}. ${mendOf(asked, verdict)}`);
  }
}

/** By host id. */
async function lookFrom(
  peers: MeshInputs["peers"],
  interfaceName: string,
  run: Run,
): Promise<ReadonlyMap<string, Look>> {
  const looks = peers.map(async ({ hostId, ssh, address }): Promise<[string, Look]> => {
    const others = peers.map((peer) => peer.address).filter((other) => other !== address);
    const { code, stdout, stderr } = await run(ssh, meshScript(interfaceName, others), roundMs);
    const heard = code === 0 ? parseHeard(stdout) : undefined;
    const words = stderr.trim().replaceAll(/\s*\n\s*/g, " ");
    return [
      hostId,
      heard === undefined ? { failure: words || `its answer can't be read (exit code ${code})` } : { heard },
    ];
  });
  return new Map(await Promise.all(looks));
}
