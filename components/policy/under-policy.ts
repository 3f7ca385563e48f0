import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import {
  type Breach,
  judgePlan,
  judgeResource,
  refusal,
  unusedWaivers,
  unusedWarning,
  unwaived,
  waivedWarning,
} from "../../plan/policy/judge.ts";
import { hasUnknown, isMap, type Plain, Secret, unknown } from "../../plan/policy/plain.ts";
import type { Context, Registration } from "../../plan/policy/rule.ts";
import { rules } from "../../plan/policy/rules.ts";
import { plainKeysIn } from "../../plan/policy/secrets.ts";
import type { Topology } from "../../plan/topology.ts";

/**
 * Makes resources under policy: no resource is registered before all resources of `make` are judged, so a broken rule
 * leaves nothing half done. An output is judged when its value is known, and its resource waits until then; in a
 * preview the value may stay unknown. A resource that is made later is judged when it is made.
 *
 * Until then a log message about a resource would wait for ever. All later messages would wait too, also the refusal.
 *
 * Judges by a transformation of the whole stack, which sees each resource as the program gives it, last of all:
 * https://www.pulumi.com/docs/iac/concepts/resources/options/transformations/
 * @param make makes resources without waiting for anything
 * @throws RunError that names every broken rule at once
 */
export function underPolicy<Made>(topology: Topology, make: () => Made): Made {
  const wall = new Wall({ stack: pulumi.getStack(), topology, plainKeys: plainKeys() });
  pulumi.runtime.registerStackTransformation((resource) => wall.admit(resource));
  const made = make();
  wall.open();
  return made;
}

class Wall {
  private readonly context: Context;
  private readonly found: Breach[];
  private readonly warned = new Set<string>();
  private readonly late: Promise<boolean>[] = [];
  private readonly opened: Promise<void>;
  private release: () => void = () => {};
  private isOpen = false;

  constructor(context: Context) {
    this.context = context;
    this.found = judgePlan(context);
    this.opened = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  /** Lets a resource wait until all resources, and its own outputs, are judged. */
  admit({ type, name, props, opts }: pulumi.ResourceTransformationArgs): pulumi.ResourceTransformationResult {
    const resource = {
      type,
      name,
      inputs: knownInputs(props),
      protect: opts.protect === true,
      retainOnDelete: opts.retainOnDelete === true,
    };
    this.found.push(...judgeResource(resource, this.context));
    if (this.isOpen) this.refuse(this.found, "late");
    const late = hasUnknown(resource.inputs) ? this.judgeLate(resource, props) : Promise.resolve(true);
    this.late.push(late);
    const { dependsOn = [] } = opts;
    const judged = Promise.all([this.opened, late]).then(() => dependsOn);
    // This is a promise of whatever `dependsOn` may be: a resource, a list, or an output of one. Pulumi opens all of them,
    // one in the other (gatherExplicitDependencies in its runtime/dependsOn.ts), but its type has no promise of an output.
    // To wait inside the output would suit the type. A preview does not run what waits there for an unknown value, and the
    // resource would be registered before all are judged.
    return { props, opts: { ...opts, dependsOn: judged as Promise<pulumi.Input<pulumi.Resource>[]> } };
  }

  /** @throws RunError when a rule is broken; then no resource is ever registered */
  open(): void {
    this.refuse(this.found, "before");
    this.isOpen = true;
    this.release();
    this.warnOfUnused();
  }

  /** @returns whether every value is known now */
  private async judgeLate(resource: Registration, props: pulumi.Inputs): Promise<boolean> {
    const serialized = await pulumi.runtime.serializeProperties(resource.name, props);
    const inputs = deserialized(serialized);
    const found = judgeResource({ ...resource, inputs }, this.context);
    this.found.push(...found);
    await this.opened;
    this.refuse(found, "late");
    return !hasUnknown(inputs);
  }

  private refuse(found: readonly Breach[], when: "before" | "late"): void {
    const { stack, topology } = this.context;
    const refused = unwaived(found, topology.waivers);
    if (refused.length > 0) throw new pulumi.RunError(refusal(stack, refused, when));
    for (const breach of found) this.warn(waivedWarning(breach, topology.waivers));
  }

  private warnOfUnused(): void {
    const lateRules = new Set<string>(rules.filter(({ late }) => late === true).map(({ name }) => name));
    const unused = () => unusedWaivers(this.found, this.context.topology.waivers);
    for (const name of unused().filter((one) => !lateRules.has(one))) this.warn(unusedWarning(name));
    // What stays unknown may break what is waived.
    void Promise.all(this.late).then(
      (known) => {
        if (known.every((one) => one)) for (const name of unused()) this.warn(unusedWarning(name));
      },
      () => {},
    );
  }

  /** Once: a resource that waits for an output is judged twice. */
  private warn(text: string): void {
    if (this.warned.has(text)) return;
    this.warned.add(text);
    void pulumi.log.warn(text);
  }
}

/** What is known without waiting. */
function knownInputs(props: pulumi.Inputs): Registration["inputs"] {
  return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, known(value)]));
}

function known(value: unknown): Plain {
  if (pulumi.Output.isInstance(value) || value instanceof Promise || pulumi.Resource.isInstance(value))
    return unknown;
  if (Array.isArray(value)) return value.map(known);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, known(inner)]));
  return value as Plain;
}

/** As https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts writes it. */
function deserialized(properties: Readonly<Record<string, unknown>>): Registration["inputs"] {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, fromWire(value as Plain)]),
  );
}

function fromWire(value: Plain): Plain {
  const { unknownValue, specialSigKey, specialSecretSig } = pulumi.runtime;
  if (value === unknownValue) return unknown;
  if (Array.isArray(value)) return (value as readonly Plain[]).map(fromWire);
  if (!isMap(value)) return value;
  if (value[specialSigKey] === specialSecretSig) return new Secret(fromWire(value.value));
  return deserialized(value);
}

function plainKeys(): string[] {
  // In this variable Pulumi's host names the keys with an encrypted part.
  const secretKeys: unknown = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]");
  const isSecret = (key: string) => Array.isArray(secretKeys) && secretKeys.includes(key);
  return plainKeysIn(pulumi.runtime.allConfig(), isSecret, stackFile());
}

/** undefined: the configuration came by another way, as with `--config-file`. */
function stackFile(): { name: string; text: string } | undefined {
  const name = `Pulumi.${pulumi.getStack()}.yaml`;
  try {
    return { name, text: readFileSync(name, "utf8") };
  } catch {
    return undefined;
  }
}
