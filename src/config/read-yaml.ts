/**
 * Reads the configuration folder: all its `*.yaml` and `*.yml`, merged by top-level key. The same top-level key in two files
 * is refused. `*.example` and everything else is not looked at. Remembers where each key was written.
 */
import { basename, join } from "node:path";
import { type Document, isMap, isScalar, type LineCounter } from "yaml";
import type { FormPlace } from "./check-form.ts";
import { parseYaml, type YamlText } from "./parse-yaml.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { listFiles, readText } from "./read-text.ts";

export interface YamlFolder {
  /** Top-level keys of all files together. */
  readonly merged: Readonly<Record<string, unknown>>;
  readonly placeOf: (path: readonly PropertyKey[]) => FormPlace;
  /** Short name of the file that a top-level key stands in, such as `config/risk_config.yaml`. */
  readonly sourceOf: (topLevelKey: string) => string;
  readonly problems: readonly ConfigurationProblem[];
  /** Whether the folder exists. */
  readonly exists: boolean;
}

interface YamlFile {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
  readonly content: Readonly<Record<string, unknown>>;
}

const FILES_MAX = 100;

export function readYamlFolder(folder: string): YamlFolder {
  const names = listFiles(folder, [".yaml", ".yml"]);
  if (names.kind === "failed") return assemble(folder, [], [wholeFile(folder, names.cause)]);
  const found = names.kind === "read" ? names.value : [];
  if (found.length > FILES_MAX)
    return assemble(folder, [], [wholeFile(folder, `has more than ${FILES_MAX} YAML files`)]);
  const files: YamlFile[] = [];
  const problems: ConfigurationProblem[] = [];
  for (const name of found) {
    const read = readYamlFile(join(folder, name));
    if (Array.isArray(read)) problems.push(...read);
    else files.push(read);
  }
  return { ...assemble(folder, files, problems), exists: names.kind === "read" };
}

function assemble(folder: string, files: YamlFile[], problems: ConfigurationProblem[]): YamlFolder {
  const owners = new Map<string, YamlFile>();
  const merged = new Map<string, unknown>();
  const twice: ConfigurationProblem[] = [];
  for (const file of files) {
    for (const [name, value] of Object.entries(file.content)) {
      const owner = owners.get(name);
      if (owner !== undefined) twice.push(statedTwice(name, owner, file));
      else [owners.set(name, file), merged.set(name, value)];
    }
  }
  return {
    merged: Object.fromEntries(merged),
    placeOf: (path) => placeIn(owners.get(String(path[0])), folder, path),
    sourceOf: (name) => `config/${basename(owners.get(name)?.file ?? "")}`,
    problems: [...problems, ...twice],
    exists: true,
  };
}

function statedTwice(name: string, owner: YamlFile, second: YamlFile): ConfigurationProblem {
  const message = `stands in two files, ${owner.file} and ${second.file}; keep it in one of them`;
  const { line } = placeIn(second, "", [name]);
  return { ...wholeFile(second.file, message), keyPath: name, ...(line === undefined ? {} : { line }) };
}

function readYamlFile(file: string): YamlFile | ConfigurationProblem[] {
  const read = readText(file);
  if (read.kind !== "read")
    return [wholeFile(file, read.kind === "failed" ? read.cause : "is not there any more")];
  const parsed = parseYaml(read.value);
  const wrong = [...parsed.mistakes, ...parsed.twice];
  if (wrong.length === 0) return contentOf(file, parsed);
  return wrong.map(({ what, line }) => ({ ...wholeFile(file, `is not valid YAML (${what})`), line }));
}

function contentOf(file: string, { document, lines }: YamlText): YamlFile | ConfigurationProblem[] {
  const { contents } = document;
  const isEmpty = contents === null || (isScalar(contents) && contents.value === null);
  if (!isEmpty && !isMap(contents))
    return [wholeFile(file, "must hold keys at its top level, such as copy_trading:")];
  try {
    const content: Record<string, unknown> = isEmpty ? {} : document.toJS({ maxAliasCount: 20 });
    return { file, document, lines, content };
  } catch {
    return [wholeFile(file, "uses aliases in a way that cannot be resolved")];
  }
}

function placeIn(source: YamlFile | undefined, folder: string, path: readonly PropertyKey[]): FormPlace {
  if (source === undefined) return { file: folder, line: undefined };
  return { file: source.file, line: lineOf(source.document, source.lines, path) };
}

/** Line of the deepest part of a path that was written. */
export function lineOf(
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const part of path) {
    const pair = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
      : undefined;
    if (pair === undefined) break;
    offset = isScalar(pair.key) ? pair.key.range?.[0] : undefined;
    node = pair.value;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function wholeFile(file: string, message: string): ConfigurationProblem {
  return { file, keyPath: "", message };
}
