import * as pulumi from "@pulumi/pulumi";
import type { SurveyInputs, SurveyState } from "../../model/contract/survey.ts";
import { natsTypes } from "../../model/resource-types.ts";
import type { Inputs, StateOnly } from "../inputs.ts";

/** Whether the hosts can be prepared, with all faults of all hosts at once: see `provider/host/survey.ts`. */
export class HostSurvey extends pulumi.CustomResource {
  constructor(name: string, args: Inputs<SurveyInputs>, options: pulumi.CustomResourceOptions) {
    const known: StateOnly<SurveyState, SurveyInputs> = { checked: undefined };
    super(natsTypes.survey, name, { ...args, ...known }, options);
  }
}
