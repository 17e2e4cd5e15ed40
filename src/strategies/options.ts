/**
 * The options of strategies: what each is for, its form and its default, written once. The configuration makes its keys of them, and
 * `configure()` reads them from code with the same words about what is wrong.
 */
import { nearest } from "../config/nearest.ts";
import { SHARES_IN_WORDS, sharesOf } from "./shares.ts";

/** Null is off. */
export type OptionValue = number | boolean | string | null;

export type OptionForm =
  | {
      readonly kind: "number";
      readonly min?: number;
      /** More than this. */
      readonly above?: number;
      readonly max: number;
      readonly isWhole: boolean;
      /** Whether the word `off` is taken: null. */
      readonly canBeOff: boolean;
    }
  | { readonly kind: "flag" }
  /** True, false, or shares by name as a text (`sharesOf`). */
  | { readonly kind: "flag-or-shares" }
  | { readonly kind: "choice"; readonly of: readonly string[] };

export interface Option<Value extends OptionValue = OptionValue> {
  readonly meaning: string;
  readonly form: OptionForm;
  readonly default: Value;
}

export type OptionsOf<Values> = {
  readonly [Name in keyof Values]: Values[Name] extends OptionValue ? Option<Values[Name]> : never;
};

interface Range {
  readonly min?: number;
  readonly above?: number;
  readonly max: number;
}

export function numberOption(meaning: string, range: Range, value: number): Option<number> {
  return { meaning, form: { kind: "number", ...range, isWhole: false, canBeOff: false }, default: value };
}

export function wholeOption(meaning: string, range: Range, value: number): Option<number> {
  return { meaning, form: { kind: "number", ...range, isWhole: true, canBeOff: false }, default: value };
}

export function limitOption(meaning: string, range: Range, value: number | null): Option<number | null> {
  return { meaning, form: { kind: "number", ...range, isWhole: false, canBeOff: true }, default: value };
}

export function flagOption(meaning: string, value: boolean): Option<boolean> {
  return { meaning, form: { kind: "flag" }, default: value };
}

export function sharesOption(meaning: string, value: boolean): Option<boolean | string> {
  return { meaning, form: { kind: "flag-or-shares" }, default: value };
}

export function choiceOption<Word extends string>(
  meaning: string,
  of: readonly Word[],
  value: Word,
): Option<Word> {
  return { meaning, form: { kind: "choice", of }, default: value };
}

export interface OptionProblem {
  readonly option: string;
  /** Follows the option's name. */
  readonly message: string;
  readonly nearest?: string;
}

export type ReadOptions<Values> =
  | { readonly ok: true; readonly values: Values }
  | { readonly ok: false; readonly problems: readonly OptionProblem[] };

/** Those that are not given have their default. */
export function readOptions<Values extends Readonly<Record<keyof Values, OptionValue>>>(
  options: OptionsOf<Values>,
  given: Readonly<Record<string, unknown>>,
): ReadOptions<Values> {
  const names = Object.keys(options);
  const known = options as Readonly<Record<string, Option>>;
  const problems: OptionProblem[] = [];
  const values: Record<string, OptionValue> = {};
  for (const name of names) values[name] = known[name]?.default ?? null;
  for (const [name, value] of Object.entries(given)) {
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (value === undefined) continue;
    if (option === undefined) {
      problems.push(unknownOption(name, names));
      continue;
    }
    const read = readValue(option.form, value);
    if (read === undefined) problems.push({ option: name, message: `must be ${formInWords(option.form)}` });
    else values[name] = read;
  }
  // Each name has its default, or what was read by its form.
  return problems.length > 0 ? { ok: false, problems } : { ok: true, values: values as Values };
}

export function unknownOption(name: string, names: readonly string[]): OptionProblem {
  const meant = nearest(name, names);
  const message = `is no option here; there are: ${names.join(", ")}`;
  return { option: name, message, ...(meant === undefined ? {} : { nearest: meant }) };
}

export function formInWords(form: OptionForm): string {
  switch (form.kind) {
    case "flag":
      return "true or false";
    case "flag-or-shares":
      return `true, false, or ${SHARES_IN_WORDS}`;
    case "choice":
      return `one of ${form.of.join(", ")}`;
    case "number": {
      const least = form.above === undefined ? `from ${form.min ?? 0}` : `above ${form.above}`;
      const to = form.above === undefined ? `to ${form.max}` : `and at most ${form.max}`;
      return `a ${form.isWhole ? "whole " : ""}number ${least} ${to}${form.canBeOff ? ", or off" : ""}`;
    }
  }
}

/** Undefined where it does not have the form. */
function readValue(form: OptionForm, value: unknown): OptionValue | undefined {
  switch (form.kind) {
    case "flag":
      return typeof value === "boolean" ? value : undefined;
    case "flag-or-shares":
      return typeof value === "boolean" || (typeof value === "string" && sharesOf(value) !== null)
        ? value
        : undefined;
    case "choice":
      return typeof value === "string" && form.of.includes(value) ? value : undefined;
    case "number": {
      // YAML reads the bare word as a boolean in its older version.
      if (form.canBeOff && (value === "off" || value === null || value === false)) return null;
      if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
      const isBelow = form.above === undefined ? value < (form.min ?? 0) : value <= form.above;
      return isBelow || value > form.max || (form.isWhole && !Number.isInteger(value)) ? undefined : value;
    }
  }
}
