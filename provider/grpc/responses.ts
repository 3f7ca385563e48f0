import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type { CheckFailure, Diff, Properties } from "../../model/contract/properties.ts";
import { type fromProperties, toProperties } from "./values.ts";

/** The answer to a check; an empty list of failures lets the engine go on. */
export function checked(
  inputs: ReturnType<typeof fromProperties> | undefined,
  failures: readonly CheckFailure[],
) {
  const response = new messages.CheckResponse();
  response.setInputs(inputs);
  response.setFailuresList(
    failures.map(({ property, reason }) => {
      const failure = new messages.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

/** The answer to a diff, property by property, so that a preview shows `limits: 7 => 9` and not only "changed". */
export function diffed(diff: Diff): messages.DiffResponse {
  const response = new messages.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  response.setChanges(diff.changes.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList(diff.changes.map((change) => change.path));
  response.setReplacesList(diff.changes.filter((change) => change.replaces).map((change) => change.path));
  response.setDeletebeforereplace(diff.deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  const kinds = messages.PropertyDiff.Kind;
  const kindOf = {
    add: [kinds.ADD, kinds.ADD_REPLACE],
    update: [kinds.UPDATE, kinds.UPDATE_REPLACE],
    delete: [kinds.DELETE, kinds.DELETE_REPLACE],
  } as const;
  for (const { path, kind, replaces, isOutput = false } of diff.changes) {
    const property = new messages.PropertyDiff();
    property.setKind(kindOf[kind][replaces ? 1 : 0]);
    property.setInputdiff(!isOutput);
    response.getDetaileddiffMap().set(path, property);
  }
  return response;
}

/** Where the servers are and who asks is never a reason to replace what they hold: every change is in place. */
export function diffedConfiguration(request: messages.DiffRequest): messages.DiffResponse {
  const olds = toProperties(request.getOldInputs() ?? request.getOlds());
  const news = toProperties(request.getNews());
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
  const changes = keys
    .filter((key) => !same(olds[key], news[key]))
    .map((path) => ({ path, kind: "update" as const, replaces: false }));
  return diffed({ changes, deleteBeforeReplace: false });
}

/** An unknown, at any depth, is the same as nothing. */
function same(left: unknown, right: unknown): boolean {
  if (typeof left === "symbol" || typeof right === "symbol") return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => same(item, right[index]));
  }
  return JSON.stringify(left) === JSON.stringify(right);
}

export function present(properties: Properties): Properties | undefined {
  return Object.keys(properties).length === 0 ? undefined : properties;
}
