import type { Topology } from "../topology.ts";
import type { RuleName } from "./names.ts";
import type { Plain } from "./plain.ts";

/** A promise that every preview and update keeps, as data. */
export interface Rule {
  readonly name: RuleName;
  /** What holds where it is kept: a sentence, as are the next two. */
  readonly promise: string;
  readonly reason: string;
  readonly mend: string;
  /**
   * What it judges may be an output: then a preview judges it if the value is known there, and otherwise the update
   * does, just before the resource that takes it is registered.
   */
  readonly late?: true;
  /** What is wrong in the plan, before there is any resource. */
  readonly inPlan?: (context: Context) => readonly string[];
  /** What is wrong with one resource, each in words that name no secret. */
  readonly inResource?: (resource: Registration, context: Context) => readonly string[];
}

/** What rules judge by, beside a resource itself. */
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
  /** Said of this very resource: what a parent has is not counted. */
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
