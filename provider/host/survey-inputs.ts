import { surveyForm } from "../../model/canonical-json.ts";
import type { SurveyedHost, SurveyInputs, SurveyState } from "../../model/contract/survey.ts";

/** Hosts that this update has to look at as if for the first time. */
export function newHosts({ hosts, without }: SurveyInputs, state: SurveyState | undefined): SurveyedHost[] {
  const known = new Set((state?.checked ?? []).map(surveyForm));
  return hosts.filter((host) => !without.includes(host.id) && !known.has(surveyForm(host)));
}

/** Hosts that are found fit when this update is done. A host that is skipped stays what it was. */
export function checkedHosts(
  { hosts, without }: SurveyInputs,
  state: SurveyState | undefined,
): SurveyedHost[] {
  const before = state?.checked ?? [];
  const sorted = [...hosts].sort((left, right) => (left.id < right.id ? -1 : 1));
  return sorted.flatMap((host) =>
    without.includes(host.id) ? before.filter(({ id }) => id === host.id) : [host],
  );
}

/** Whether a network has come to those that the hosts were looked at with. */
export function hasNewNetwork(inputs: SurveyInputs, state: SurveyState): boolean {
  return inputs.vpnNetworks.some((network) => !state.vpnNetworks.includes(network));
}
