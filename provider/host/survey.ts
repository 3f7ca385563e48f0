import { type RemoteResult, runOnHost } from "../../client/ssh.ts";
import { surveyForm } from "../../model/canonical-json.ts";
import { checkFields } from "../../model/contract/fields.ts";
import type { Change } from "../../model/contract/properties.ts";
import {
  type SurveyedHost,
  type SurveyInputs,
  type SurveyState,
  surveyFields,
} from "../../model/contract/survey.ts";
import { natsTypes } from "../../model/resource-types.ts";
import { type Context, makesNothing, type Resource } from "../resource.ts";
import { accessFault, isKeyFault } from "./survey-access.ts";
import { type ClockLead, clockFaults, clockLead } from "./survey-clocks.ts";
import { type HostFacts, parseFacts } from "./survey-facts.ts";
import { hostFaults } from "./survey-faults.ts";
import { checkedHosts, hasNewNetwork, newHosts } from "./survey-inputs.ts";
import { shownKeys } from "./survey-keys.ts";
import { clockScript, surveyScript } from "./survey-script.ts";

/**
 * `nats:host:Survey`: whether hosts can be made ready. It makes nothing; everything that changes a host waits for it.
 * It looks at all hosts together, over SSH, and every fault of every host is in one error. It looks at a host that was
 * found fit again only when other hosts come: whether the host answers, has the right time, and supports the new networks.
 */
export const survey: Resource<SurveyInputs, SurveyState, SurveyInputs> = {
  check: (news) => checkFields(news, surveyFields),
  /** The free disk and the skipped hosts are only asked for when there is a host to look at. */
  diff(state, _oldInputs, news) {
    const changes: Change[] = [];
    if (surveyForm(state.checked) !== surveyForm(checkedHosts(news, state)))
      changes.push({ path: "hosts", kind: "update", replaces: false });
    if (hasNewNetwork(news, state)) changes.push({ path: "vpnNetworks", kind: "update", replaces: false });
    return { changes, deleteBeforeReplace: false };
  },
  preview: (inputs) => inputs,
  async create(inputs, context) {
    return { id: "hosts", state: await surveyed(inputs, undefined, context) };
  },
  async update(_id, state, news, context) {
    return surveyed(news, state, context);
  },
  ...makesNothing(natsTypes.survey),
};

/** @throws Error with every fault of every host */
async function surveyed(
  inputs: SurveyInputs,
  state: SurveyState | undefined,
  context: Context,
): Promise<SurveyState> {
  const fresh = newHosts(inputs, state);
  const comes = fresh.length > 0 || (state !== undefined && hasNewNetwork(inputs, state));
  const asked = comes ? inputs.hosts.filter(({ id }) => !inputs.without.includes(id)) : [];
  if (asked.length > 0) context.progress(`looking at ${asked.map(({ id }) => id).join(", ")}`);
  const seen = await Promise.all(asked.map((host) => look(host, context)));
  const faults = seen.flatMap((one) => faultsOf(one, inputs, fresh));
  const clocks = clockFaults(seen.flatMap(({ lead }) => lead ?? []));
  const all = [...faults, ...clocks.map(({ id, fault }) => `${id}: ${fault}`)].sort();
  if (all.length > 0) throw new Error(refusal(all));
  return { ...inputs, checked: checkedHosts(inputs, state) };
}

interface Seen {
  readonly host: SurveyedHost;
  /** Its answer, when the answer has no facts. */
  readonly refusal?: RemoteResult;
  /** The host keys that it shows, when its host key was refused. */
  readonly shown?: readonly string[];
  readonly facts?: HostFacts;
  readonly lead?: ClockLead | undefined;
}

const longestLookMs = 60_000;

async function look(host: SurveyedHost, { deadline }: Context): Promise<Seen> {
  const within = () => Math.max(1_000, Math.min(longestLookMs, deadline - Date.now()));
  const answer = await runOnHost(host.ssh, surveyScript, within());
  const facts = parseFacts(answer.stdout);
  if (facts === undefined) {
    return { host, refusal: answer, shown: isKeyFault(answer) ? await shownKeys(host.ssh) : [] };
  }
  // The connection is open by now, so that the question takes as long as its way there and back.
  const asked = Date.now();
  const { stdout } = await runOnHost(host.ssh, clockScript, within());
  return { host, facts, lead: clockLead(host.id, asked, stdout, Date.now()) };
}

function faultsOf(
  { host, refusal, shown = [], facts, lead }: Seen,
  inputs: SurveyInputs,
  fresh: readonly SurveyedHost[],
) {
  const found: string[] = [];
  if (refusal !== undefined) found.push(accessFault(host.ssh, refusal, shown));
  if (facts !== undefined) {
    const interfaceName = inputs.interfaceName || undefined;
    found.push(...hostFaults(host, facts, { ...inputs, interfaceName }, fresh.includes(host)));
    if (lead === undefined) found.push("its clock can't be read (`date +%s%N` as root must print a number)");
  }
  return found.map((fault) => `${host.id}: ${fault}`);
}

function refusal(faults: readonly string[]): string {
  const what = faults.length === 1 ? "a host is not fit" : `hosts are not fit, in ${faults.length} ways`;
  return `${what}; nothing was changed on any host:\n${faults.map((fault) => `- ${fault}`).join("\n")}`;
}
