import type * as pulumi from "@pulumi/pulumi";

/** Inputs of a resource as the program gives them: an input, or a part of an input, may be an output of a resource. */
export type Inputs<Contract> = { readonly [Key in keyof Contract]: InputOf<Contract[Key]> };

type InputOf<Value> = pulumi.Input<
  [Value] extends [readonly (infer Item)[]]
    ? readonly InputOf<Item>[]
    : [Value] extends [object]
      ? Inputs<Value>
      : Value
>;

/** What a contract promises, as the program has it: each part may be known only later. */
export type Outputs<Contract> = { readonly [Key in keyof Contract]: OutputOf<Contract[Key]> };

type OutputOf<Value> =
  | pulumi.Output<Value>
  | ([Value] extends [readonly unknown[]] ? Value : [Value] extends [object] ? Outputs<Value> : Value);

/** Properties of a state that are no inputs: the engine's answer reaches a resource only where it has named them. */
export type StateOnly<State, Given> = { readonly [Key in Exclude<keyof State, keyof Given>]: undefined };
