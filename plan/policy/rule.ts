import type { Topology } from "../topology.ts";
import type { RuleName } from "./names.ts";
import type { Plain } from "./plain.ts";

/** A promise that every preview and update keeps, as data. */
export interface Rule {
  readonly name: RuleName;
  /** What the rule guarantees. This and the reason are sentences; the fix has no full stop. */
  readonly promise: string;
  readonly reason: string;
  readonly fix: string;
  /**
   * The rule may judge an output. A preview judges the output if its value is known. Otherwise the update judges the
   * output, just before it registers the resource that takes the value.
   */
  readonly late?: true;
  /** What is wrong in the plan, before there is any resource. */
  readonly inPlan?: (context: Context) => readonly string[];
  /** What is wrong with one resource. No text names a secret. */
  readonly inResource?: (resource: Registration, context: Context) => readonly string[];
}

/** What rules know in addition to the resource. */
export interface Context {
  /** The stack's name. */
  readonly stack: string;
  readonly topology: Topology;
  /** Where the configuration has a private key in plain text. */
  readonly plainKeys: readonly string[];
}

/** A resource on its way to the engine, as plain data. */
export interface Registration {
  /** As in `docker:index/container:Container`. */
  readonly type: string;
  /** Pulumi's name of it: `dk-server`. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, Plain>>;
  /** Set on this resource itself. The parent's options do not count. */
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
}

/**
 * Whether others than this machine's user depend on the stack: a host of it is entered by SSH, which is also the only
 * way to have several hosts and a VPN. Nothing else tells production from a try.
 */
export function isProductionLike({ hosts }: Topology): boolean {
  return hosts.some(({ remote }) => remote !== undefined);
}
