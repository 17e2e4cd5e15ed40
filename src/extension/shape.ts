/** Whether a module is an extension by the contract: its default export, field by field. */
import type { RiskLimit } from "./contract.ts";

/** Where and what; `keyPath` is the field, empty when the whole file is meant. */
export interface ExtensionProblem {
  readonly file: string;
  readonly keyPath: string;
  readonly message: string;
}

export type Shape =
  | { readonly ok: true; readonly extension: RiskLimit }
  | { readonly ok: false; readonly keyPath: string; readonly message: string };

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const DESCRIPTION_MAX = 200;
const FIELDS = ["contract", "kind", "name", "description", "check"];

export function shapeOf(module: Readonly<Record<string, unknown>>): Shape {
  const { default: found } = module;
  if (typeof found !== "object" || found === null)
    return wrong("default", `the file must have a default export that is an object, got ${typeof found}`);
  const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(found));
  const problem = problemOf(fields);
  // Every field of it was looked at.
  return problem ?? { ok: true, extension: found as RiskLimit };
}

function problemOf(fields: Readonly<Record<string, unknown>>): Shape | null {
  const { contract, kind, name, description, check } = fields;
  const strange = Object.keys(fields).find((field) => !FIELDS.includes(field));
  if (strange !== undefined)
    return wrong(strange, `is no field of the contract; there are ${FIELDS.join(", ")}`);
  if (contract !== 1)
    return wrong("contract", `must be 1, the contract of this version, got ${shown(contract)}`);
  if (kind !== "risk-limit") return wrong("kind", `must be "risk-limit", got ${shown(kind)}`);
  if (typeof name !== "string" || !NAME.test(name))
    return wrong("name", `must be 1 to 40 lower-case letters, digits and hyphens, got ${shown(name)}`);
  if (typeof description !== "string" || description.length > DESCRIPTION_MAX || /[\n\r]/.test(description))
    return wrong("description", `must be one line of at most ${DESCRIPTION_MAX} characters`);
  if (typeof check !== "function") return wrong("check", `must be a function, got ${typeof check}`);
  if (check.constructor.name === "AsyncFunction")
    return wrong("check", "must not be async: a limit answers at once");
  return null;
}

function wrong(keyPath: string, message: string): Shape {
  return { ok: false, keyPath, message };
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : (JSON.stringify(value)?.slice(0, 60) ?? typeof value);
}
