import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { type Properties, unknown } from "../../model/contract/properties.ts";

/**
 * How the engine writes what plain JSON can't say.
 * https://pulumi-developer-docs.readthedocs.io/latest/docs/architecture/types.html
 */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Secrets come out bare, unknowns as {@link unknown}. */
export function toProperties(message: struct.Struct | undefined): Properties {
  return message === undefined ? {} : (unwrap(message.toJavaScript()) as Properties);
}

export function fromProperties(properties: object): struct.Struct {
  return struct.Struct.fromJavaScript(wrap(properties) as Record<string, struct.JavaScriptValue>);
}

function unwrap(value: unknown): unknown {
  if (value === unknownValue) return unknown;
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (fields[signatureKey] === secretSignature) return unwrap(fields.value);
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, unwrap(field)]));
}

function wrap(value: unknown): unknown {
  if (value === unknown) return unknownValue;
  if (Array.isArray(value)) return value.map(wrap);
  if (typeof value !== "object" || value === null) return value;
  const known = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(known.map(([key, field]) => [key, wrap(field)]));
}
