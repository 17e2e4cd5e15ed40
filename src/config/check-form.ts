/**
 * Holds raw data against a schema and turns what does not fit into problems: where, what would be right, and the nearest
 * valid key or choice. Not just the first of them, but a hundred at most. Values are quoted only where the caller allows it.
 */
import type { z } from "zod";
import { listKeys, namesAt } from "./key-facts.ts";
import { nearest } from "./nearest.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { issuesOfMeantForm, valueAt } from "./union-issues.ts";

export interface FormPlace {
  readonly file: string;
  readonly line: number | undefined;
}

export interface FormSource {
  /** Where a path was written. */
  readonly placeOf: (path: readonly PropertyKey[]) => FormPlace;
  /** Whether values may be quoted; false for everything that may hold a secret. */
  readonly quotesValues: boolean;
  readonly nickname?: string | undefined;
  /** What is right for a key that is unknown at the top of this form, but known at another place. */
  readonly elsewhere?: (name: string) => string | undefined;
}

export type FormResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** Whoever wrote so much that is wrong has other trouble than the next; each costs a look at every key. */
const PROBLEMS_MAX = 100;

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

export function checkForm<Schema extends z.ZodType>(
  schema: Schema,
  raw: unknown,
  source: FormSource,
): FormResult<z.infer<Schema>> {
  const result = schema.safeParse(raw);
  if (result.success) return { ok: true, value: result.data };
  const issues = result.error.issues.slice(0, PROBLEMS_MAX);
  const found = issues.flatMap((issue) => problemsOf({ schema, raw, source, issue }));
  const first = new Map(found.toReversed().map((problem) => [problem.keyPath, problem]));
  return { ok: false, problems: [...first.values()].toReversed().slice(0, PROBLEMS_MAX) };
}

interface Case {
  readonly schema: z.ZodType;
  readonly raw: unknown;
  readonly source: FormSource;
  readonly issue: Issue;
  /** Every form that the value may have, where the problem is inside one of them. */
  readonly forms?: string;
}

function problemsOf(found: Case): readonly ConfigurationProblem[] {
  const { schema, raw, issue, forms = `; ${dotted(issue.path)} ${issue.message}` } = found;
  if (issue.code === "invalid_union") {
    const inner = issuesOfMeantForm(schema, raw, issue);
    if (inner.length > 0)
      return inner.flatMap((one, index) =>
        problemsOf({ ...found, issue: one, forms: index === 0 ? forms : "" }),
      );
  }
  if (issue.code === "unrecognized_keys")
    return issue.keys.slice(0, PROBLEMS_MAX).map((name) => unknownKey(found, name));
  return [wrongValue(found)];
}

function unknownKey({ schema, source, issue, forms = "" }: Case, name: string): ConfigurationProblem {
  const right = issue.path.length === 0 ? source.elsewhere?.(name) : undefined;
  if (right !== undefined) return problemAt(source, [name], { keyPath: name, message: right });
  const siblings = namesAt(schema, issue.path);
  const meant = nearest(name, siblings) ?? elsewhere(schema, name);
  const shown = source.quotesValues || isHarmless(name) ? name : "(unnamed)";
  const valid = siblings.filter((sibling) => sibling !== "$schema").join(", ");
  const message =
    meant === undefined && valid !== ""
      ? `is not a known key; the keys here are ${valid}`
      : "is not a known key";
  return problemAt(source, [...issue.path, name], {
    keyPath: dotted([...issue.path, shown]),
    message: `${message}${forms}`,
    meant,
  });
}

/** The full path of a key of this name that stands at another place. */
function elsewhere(schema: z.ZodType, name: string): string | undefined {
  const groups = listKeys(schema).flatMap(({ keyPath }) => prefixesOf(keyPath));
  return groups.find((path) => path.split(".").at(-1) === name);
}

function prefixesOf(keyPath: string): readonly string[] {
  const parts = keyPath.split(".");
  return parts.map((_, index) => parts.slice(0, index + 1).join("."));
}

/** A key of usual form and length; anything else may be a secret that slipped to the left of the colon. */
function isHarmless(name: string): boolean {
  return /^[\w .$-]{1,30}$/.test(name);
}

function wrongValue({ raw, source, issue, forms = "" }: Case): ConfigurationProblem {
  const value = valueAt(raw, issue.path);
  const keyPath = dotted(issue.path);
  if (value === undefined)
    return problemAt(source, issue.path, { keyPath, message: `is missing; it ${issue.message}${forms}` });
  const choices = choicesOf(issue);
  const meant = typeof value === "string" ? nearest(value, choices) : undefined;
  const message = `${issue.message}${source.quotesValues ? `, got ${quoted(value)}` : ""}${forms}`;
  return problemAt(source, issue.path, { keyPath, message, meant });
}

interface Finding {
  readonly keyPath: string;
  readonly message: string;
  readonly meant?: string | undefined;
}

function problemAt(source: FormSource, path: Path, finding: Finding): ConfigurationProblem {
  const { file, line } = source.placeOf(path);
  return {
    file,
    ...(line === undefined ? {} : { line }),
    keyPath: finding.keyPath,
    ...(source.nickname === undefined ? {} : { nickname: source.nickname }),
    message: finding.message,
    ...(finding.meant === undefined ? {} : { nearest: finding.meant }),
  };
}

/** Also those of the forms that a value may have. */
function choicesOf(issue: Issue): readonly string[] {
  if (issue.code === "invalid_union") return issue.errors.flatMap((issues) => issues.flatMap(choicesOf));
  return issue.code === "invalid_value" ? issue.values.map(String) : [];
}

function quoted(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a group of keys";
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)}...`;
}

function dotted(path: Path): string {
  return path.map(String).join(".");
}
