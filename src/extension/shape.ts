/** Whether a module is an extension by the contract: its default export, field by field. */
import { shown } from "./answer.ts";
import type { ExecutionStyle, RiskLimit } from "./contract.ts";

export type Extension = RiskLimit | ExecutionStyle;

/** Where and what; `keyPath` is the field, empty when the whole file is meant. */
export interface ExtensionProblem {
  readonly file: string;
  readonly keyPath: string;
  readonly message: string;
}

export type Shape =
  | { readonly ok: true; readonly extension: Extension }
  | { readonly ok: false; readonly keyPath: string; readonly message: string };

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const DESCRIPTION_MAX = 200;
const FIELDS = ["contract", "kind", "name", "description"];
/** What each kind is asked by. */
const ASKED_BY: Readonly<Record<string, string>> = { "risk-limit": "check", "execution-style": "work" };

export function shapeOf(module: Readonly<Record<string, unknown>>): Shape {
  const { default: found } = module;
  if (typeof found !== "object" || found === null)
    return wrong("default", `the file must have a default export that is an object, got ${typeof found}`);
  const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(found));
  const problem = problemOf(fields);
  // Every field of it was looked at.
  return problem ?? { ok: true, extension: found as Extension };
}

function problemOf(fields: Readonly<Record<string, unknown>>): Shape | null {
  const { contract, kind, name, description } = fields;
  if (contract !== 1)
    return wrong("contract", `must be 1, the contract of this version, got ${shown(contract)}`);
  const asked = typeof kind === "string" && Object.hasOwn(ASKED_BY, kind) ? ASKED_BY[kind] : undefined;
  if (asked === undefined)
    return wrong("kind", `must be "risk-limit" or "execution-style", got ${shown(kind)}`);
  const known = [...FIELDS, asked];
  const strange = Object.keys(fields).find((field) => !known.includes(field));
  if (strange !== undefined)
    return wrong(strange, `is no field of the contract; there are ${known.join(", ")}`);
  if (typeof name !== "string" || !NAME.test(name))
    return wrong("name", `must be 1 to 40 lower-case letters, digits and hyphens, got ${shown(name)}`);
  if (typeof description !== "string" || description.length > DESCRIPTION_MAX || /[\n\r]/.test(description))
    return wrong("description", `must be one line of at most ${DESCRIPTION_MAX} characters`);
  return functionProblem(asked, fields[asked]);
}

function functionProblem(field: string, found: unknown): Shape | null {
  if (typeof found !== "function") return wrong(field, `must be a function, got ${typeof found}`);
  if (found.constructor.name === "AsyncFunction")
    return wrong(field, "must not be async: an extension answers at once");
  return null;
}

function wrong(keyPath: string, message: string): Shape {
  return { ok: false, keyPath, message };
}
