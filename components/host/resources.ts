import * as pulumi from "@pulumi/pulumi";
import type { SurveyInputs } from "../../model/contract/survey.ts";
import { natsTypes } from "../../model/resource-types.ts";
import type { Inputs } from "../inputs.ts";

/** Whether the hosts can be made ready, all faults of all of them at once: see `provider/host/survey.ts`. */
export class HostSurvey extends pulumi.CustomResource {
  constructor(name: string, args: Inputs<SurveyInputs>, options: pulumi.CustomResourceOptions) {
    super(natsTypes.survey, name, { ...args, checked: undefined }, options);
  }
}
