/**
 * A value that may have one of several forms (`off`, a number, a group) fits none of them. Finds the form that was meant, so
 * that what is wrong inside it can be told: a key that it does not know, a value of a key.
 */
import type { z } from "zod";
import { namesAt } from "./key-facts.ts";

type Issue = z.core.$ZodIssue;
type UnionIssue = Extract<Issue, { readonly code: "invalid_union" }>;
type Path = readonly PropertyKey[];

/** With paths from the top; none where the value is of no form at all, and all of them are to be named. */
export function issuesOfMeantForm(schema: z.ZodType, raw: unknown, union: UnionIssue): readonly Issue[] {
  const forms = union.errors.map((issues) =>
    issues.map((issue): Issue => ({ ...issue, path: [...union.path, ...issue.path] })),
  );
  const depths = forms.map((issues) => depthOfOtherForm(raw, issues));
  const deepest = Math.max(...depths);
  const [meant, ...others] = forms.filter((_, index) => depths[index] === deepest);
  if (meant === undefined || deepest <= union.path.length) return [];
  return others.length === 0 ? meant : unknownToAll(schema, meant);
}

/** How deep the value follows a form before it is something else there; the deeper, the likelier the form was meant. */
function depthOfOtherForm(raw: unknown, issues: readonly Issue[]): number {
  const others = issues.filter(
    ({ code, path }) =>
      (code === "invalid_type" || code === "invalid_union" || code === "invalid_value") &&
      valueAt(raw, path) !== undefined,
  );
  return others.reduce((least, { path }) => Math.min(least, path.length), Number.POSITIVE_INFINITY);
}

/** Where several forms could be meant, only what none of them knows is wrong for certain. */
function unknownToAll(schema: z.ZodType, issues: readonly Issue[]): readonly Issue[] {
  return issues.flatMap((issue): readonly Issue[] => {
    if (issue.code !== "unrecognized_keys") return [];
    const known = namesAt(schema, issue.path);
    const keys = issue.keys.filter((name) => !known.includes(name));
    return keys.length === 0 ? [] : [{ ...issue, keys }];
  });
}

/** Undefined where there is nothing at the path. */
export function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([name]) => name === String(part))?.[1];
  }
  return value;
}
