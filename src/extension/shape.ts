/** Whether a module is an extension by the contract: its default export, field by field. */

import type { OwnStrategy } from "../strategies/strategy.ts";
import { shown } from "./answer.ts";
import type { ExecutionStyle, RiskLimit } from "./contract.ts";
import type { ReportSectionMaker } from "./report-contract.ts";
import type { TraderFilter, TraderImporter } from "./trader-contract.ts";

export type Extension =
  | RiskLimit
  | ExecutionStyle
  | TraderFilter
  | TraderImporter
  | OwnStrategy
  | ReportSectionMaker;

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
const SAMPLE_MAX = 10_000;
const UNITS = ["fraction", "ratio", "days", "count"];
const ASKS = ["at-least", "at-most"];

interface Kind {
  /** What it is asked by. */
  readonly functions: readonly string[];
  /** What else it states, each with what would be right where it is not. */
  readonly values: Readonly<Record<string, (found: unknown) => string | null>>;
}

const KINDS: Readonly<Record<Extension["kind"], Kind>> = {
  "risk-limit": { functions: ["check"], values: {} },
  "execution-style": { functions: ["work"], values: {} },
  "report-section": { functions: ["section"], values: {} },
  "trader-filter": {
    functions: ["figure"],
    values: {
      unit: (found) => noneOf(UNITS, found),
      asks: (found) => noneOf(ASKS, found),
      bound: (found) => (Number.isFinite(found) ? null : "must be a number"),
    },
  },
  strategy: {
    functions: ["choose"],
    values: {
      rebalancingHours: (found) =>
        typeof found === "number" && found >= 0 && found <= HOURS_MAX
          ? null
          : `must be a number from 0 to ${HOURS_MAX}`,
    },
  },
  "trader-importer": {
    functions: ["recognises", "read"],
    values: {
      sample: (found) =>
        typeof found === "string" && found !== "" && found.length <= SAMPLE_MAX
          ? null
          : `must be a text of at most ${SAMPLE_MAX} characters`,
    },
  },
};

const HOURS_MAX = 8_760;

function noneOf(choices: readonly string[], found: unknown): string | null {
  return choices.some((one) => one === found) ? null : `must be one of ${choices.join(", ")}`;
}

function kindOf(kind: unknown): Kind | undefined {
  return Object.entries(KINDS).find(([name]) => name === kind)?.[1];
}

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
  const found = kindOf(kind);
  if (found === undefined) {
    const kinds = Object.keys(KINDS).map((one) => `"${one}"`);
    return wrong("kind", `must be ${kinds.slice(0, -1).join(", ")} or ${kinds.at(-1)}, got ${shown(kind)}`);
  }
  const known = [...FIELDS, ...Object.keys(found.values), ...found.functions];
  const strange = Object.keys(fields).find((field) => !known.includes(field));
  if (strange !== undefined)
    return wrong(strange, `is no field of the contract; there are ${known.join(", ")}`);
  if (typeof name !== "string" || !NAME.test(name))
    return wrong("name", `must be 1 to 40 lower-case letters, digits and hyphens, got ${shown(name)}`);
  if (typeof description !== "string" || description.length > DESCRIPTION_MAX || /[\n\r]/.test(description))
    return wrong("description", `must be one line of at most ${DESCRIPTION_MAX} characters`);
  const value = Object.entries(found.values).find(([field, problem]) => problem(fields[field]) !== null);
  if (value !== undefined) {
    const [field, problem] = value;
    return wrong(field, `${problem(fields[field])}, got ${shown(fields[field])}`);
  }
  return (
    found.functions.map((field) => functionProblem(field, fields[field])).find((one) => one !== null) ?? null
  );
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
