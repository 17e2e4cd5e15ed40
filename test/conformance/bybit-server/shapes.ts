/**
 * Compares messages by their shape: the set of keys at every depth, the JSON type of every value, and whether a text is
 * a decimal number. Reference samples are united first, because each example shows only some of the fields.
 */
import { isRecord } from "./clients.ts";

export type Kind = "decimal" | "text" | "empty" | "number" | "boolean" | "null" | "object" | "list";
/** Path (`data[].symbol`) to the kinds seen there. */
export type Shape = Map<string, Set<Kind>>;

export interface Difference {
  readonly path: string;
  readonly problem: "missing" | "extra" | "type";
  readonly detail: string;
}

/** Objects whose keys are data and not names of fields. */
const DICTIONARIES = /(?:^|\.)(?:cumFeeDetail|permissions)$/;
const DECIMAL = /^-?\d+(?:\.\d+)?$/;

export function shapeOf(samples: readonly unknown[]): Shape {
  const shape: Shape = new Map();
  for (const sample of samples) visit(shape, "", sample);
  return shape;
}

function visit(shape: Shape, path: string, value: unknown): void {
  note(shape, path, kindOf(value));
  if (Array.isArray(value)) {
    for (const item of value) visit(shape, `${path}[]`, item);
    return;
  }
  if (!isRecord(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const name = DICTIONARIES.test(path) ? "*" : key;
    visit(shape, path === "" ? name : `${path}.${name}`, item);
  }
}

function note(shape: Shape, path: string, kind: Kind): void {
  const kinds = shape.get(path);
  if (kinds === undefined) shape.set(path, new Set([kind]));
  else kinds.add(kind);
}

function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "list";
  switch (typeof value) {
    case "string":
      return value === "" ? "empty" : DECIMAL.test(value) ? "decimal" : "text";
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    default:
      return "object";
  }
}

/** What of `ours` does not fit the reference. */
export function differences(reference: Shape, ours: Shape): Difference[] {
  const found: Difference[] = [];
  for (const [path, kinds] of reference) {
    if (!ours.has(path) && ours.has(parentOf(path)) && !isEmptyList(ours, path)) {
      found.push({ path, problem: "missing", detail: [...kinds].join("|") });
    }
  }
  for (const [path, kinds] of ours) {
    const expected = reference.get(path);
    if (expected === undefined) {
      if (reference.has(parentOf(path))) found.push({ path, problem: "extra", detail: [...kinds].join("|") });
    } else if (![...kinds].every((kind) => fits(kind, expected))) {
      found.push({ path, problem: "type", detail: `${[...expected].join("|")} -> ${[...kinds].join("|")}` });
    }
  }
  return found;
}

/** A list without items says nothing about its items. */
function isEmptyList(ours: Shape, path: string): boolean {
  return path.endsWith("[]") && ours.get(parentOf(path))?.has("list") === true;
}

function parentOf(path: string): string {
  if (path.endsWith("[]")) return path.slice(0, -2);
  const dot = path.lastIndexOf(".");
  return dot < 0 ? "" : path.slice(0, dot);
}

const TEXTS: ReadonlySet<Kind> = new Set(["decimal", "text", "empty"]);

/** Empty texts go with any text; a field documented as a number in text stays one. */
function fits(kind: Kind, expected: ReadonlySet<Kind>): boolean {
  if (expected.has(kind)) return true;
  if (!TEXTS.has(kind)) return kind === "object" && expected.size === 1 && expected.has("null");
  const texts = [...expected].filter((one) => TEXTS.has(one));
  if (texts.length === 0) return false;
  if (kind === "empty") return true;
  return texts.every((one) => one === "empty") || (kind === "decimal" && texts.includes("text"));
}
