/**
 * Reads a JSON file that may hold secrets: nothing of its text ever appears in a problem, only places in it. A key written
 * twice is refused, because JSON would silently take the last.
 */
import type { FormPlace } from "./check-form.ts";
import { parseYaml } from "./parse-yaml.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { readText } from "./read-text.ts";
import { lineOf } from "./read-yaml.ts";

export type JsonFile =
  | { readonly kind: "absent" }
  | { readonly kind: "broken"; readonly problems: readonly ConfigurationProblem[] }
  | {
      readonly kind: "read";
      readonly content: unknown;
      readonly placeOf: (path: readonly PropertyKey[]) => FormPlace;
    };

export function readJson(file: string): JsonFile {
  const read = readText(file);
  if (read.kind === "absent") return read;
  if (read.kind === "failed") return broken(file, read.cause);
  const parsed = parse(read.value);
  if (parsed.kind === "broken") return broken(file, `is not valid JSON${parsed.where}`);
  // Whoever checks the content would pass over it without a word.
  if (parsed.hasPrototype) return broken(file, "has a key __proto__, which no file has");
  return located(file, read.value, parsed.content);
}

function located(file: string, text: string, content: unknown): JsonFile {
  // JSON is close enough to YAML for its positions; where it is not (tabs), lines are simply unknown.
  const { document, lines, twice } = parseYaml(text);
  const problems = twice.map(({ line }) => ({ ...problem(file, "states the same key twice"), line }));
  if (problems.length > 0) return { kind: "broken", problems };
  return { kind: "read", content, placeOf: (path) => ({ file, line: lineOf(document, lines, path) }) };
}

type Parsed =
  | { readonly kind: "parsed"; readonly content: unknown; readonly hasPrototype: boolean }
  | { readonly kind: "broken"; readonly where: string };

function parse(text: string): Parsed {
  let hasPrototype = false;
  try {
    const content: unknown = JSON.parse(text, (key, value: unknown) => {
      hasPrototype ||= key === "__proto__";
      return value;
    });
    return { kind: "parsed", content, hasPrototype };
  } catch (error) {
    const place = error instanceof Error ? /\(line (\d+) column (\d+)\)/.exec(error.message) : null;
    return { kind: "broken", where: place === null ? "" : ` (line ${place[1]}, column ${place[2]})` };
  }
}

function broken(file: string, message: string): JsonFile {
  return { kind: "broken", problems: [problem(file, message)] };
}

function problem(file: string, message: string): ConfigurationProblem {
  return { file, keyPath: "", message };
}
