/**
 * Text as YAML, which JSON is as well, with the lines of what is wrong. What a text costs grows with its length and no faster:
 * keys are compared here by a set, where the library compares each with every other, and looking up an alias goes through the
 * whole document, so that there may be only some.
 */
import { type Document, isScalar, LineCounter, parseDocument, visit } from "yaml";

/** What follows after so many is not told: it comes from the first ones. */
const MISTAKES_MAX = 20;
const ALIASES_MAX = 1_000;

export interface Mistake {
  /** The library's own words may quote the text; these do not. */
  readonly what: string;
  readonly line: number;
}

export interface YamlText {
  readonly document: Document;
  readonly lines: LineCounter;
  /** What is no YAML. */
  readonly mistakes: readonly Mistake[];
  /** Keys that stand in one group twice. */
  readonly twice: readonly Mistake[];
}

export function parseYaml(text: string): YamlText {
  const lines = new LineCounter();
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "silent",
    uniqueKeys: false,
  });
  const mistakes = document.errors.slice(0, MISTAKES_MAX).map(({ code, pos }) => ({
    what: code.toLowerCase().replaceAll("_", " "),
    line: lineAt(pos[0]),
  }));
  const { twice, aliases } = counted(document);
  const tooMany = aliases[ALIASES_MAX];
  if (tooMany !== undefined)
    mistakes.push({ what: `more than ${ALIASES_MAX} aliases`, line: lineAt(tooMany) });
  return {
    document,
    lines,
    mistakes,
    twice: twice.slice(0, MISTAKES_MAX).map((offset) => ({ what: "duplicate key", line: lineAt(offset) })),
  };
}

/** Where they stand. */
function counted(document: Document): {
  readonly twice: readonly number[];
  readonly aliases: readonly number[];
} {
  const twice: number[] = [];
  const aliases: number[] = [];
  visit(document, {
    Alias: (_, { range }) => {
      aliases.push(range?.[0] ?? 0);
    },
    Map: (_, { items }) => {
      const names = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (names.has(name)) twice.push(key.range?.[0] ?? 0);
        names.add(name);
      }
    },
  });
  return { twice, aliases };
}
