/**
 * Loads the owner's extensions from the folder `extensions` of the configuration: .ts, .mts, .js or .mjs, through Node's own
 * TypeScript support. They run with the rights of this process, so files that others may write are refused. All of them are
 * sound, or there is a list of what is wrong, each naming file and field.
 */
import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { FORMAT_NAMES } from "../traders/formats/format-names.ts";
import { type Extension, type ExtensionProblem, shapeOf } from "./shape.ts";

export interface LoadedExtension {
  /** As the user would open it. */
  readonly file: string;
  readonly extension: Extension;
}

export type LoadedFile =
  | { readonly ok: true; readonly extension: LoadedExtension }
  | { readonly ok: false; readonly problem: ExtensionProblem };

export interface LoadedExtensions {
  readonly extensions: readonly LoadedExtension[];
  readonly problems: readonly ExtensionProblem[];
}

const KINDS: readonly string[] = [".ts", ".mts", ".js", ".mjs"];
/** The contracts' own texts, copied there for their types. */
const COPIED = ["contract.ts", "trader-contract.ts", "strategy-contract.ts", "report-contract.ts"];
const FILES_MAX = 50;
const LOAD_MS_MAX = 5_000;
const CAUSE_CHARACTERS_MAX = 400;
const OTHERS_MAY_WRITE = 0o002;

export function extensionFolder(configDir: string): string {
  return join(configDir, "extensions");
}

/** In the order of their names; none when the folder does not exist. */
export async function loadExtensions(configDir: string): Promise<LoadedExtensions> {
  const folder = extensionFolder(configDir);
  const files = filesIn(folder);
  if (files.length > FILES_MAX) {
    const message = `holds ${files.length} extensions, more than ${FILES_MAX}`;
    return { extensions: [], problems: [{ file: folder, keyPath: "", message }] };
  }
  const extensions: LoadedExtension[] = [];
  const problems: ExtensionProblem[] = [];
  for (const file of files) {
    const loaded = await loadExtension(file);
    if (loaded.ok) extensions.push(loaded.extension);
    else problems.push(loaded.problem);
  }
  return { extensions, problems: [...problems, ...clashes(extensions)] };
}

/** One file, wherever it is. */
export async function loadExtension(file: string): Promise<LoadedFile> {
  const problem = (message: string, keyPath = ""): LoadedFile => ({
    ok: false,
    problem: { file, keyPath, message },
  });
  if (!KINDS.includes(extname(file))) return problem(`must end in ${KINDS.join(", ")}`);
  const unsafe = unsafeFor(file);
  if (unsafe !== null) return problem(unsafe);
  try {
    const shape = shapeOf(await imported(file));
    if (!shape.ok) return problem(shape.message, shape.keyPath);
    const { extension } = shape;
    if (isNameOfFormat(extension))
      return problem(`"${extension.name}" is a format of the program already`, "name");
    return { ok: true, extension: { file, extension } };
  } catch (error) {
    const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return problem(`cannot be loaded: ${cause.slice(0, CAUSE_CHARACTERS_MAX)}`);
  }
}

/** `traders import --format` could not tell which of the two is meant. */
function isNameOfFormat({ kind, name }: Extension): boolean {
  return kind === "trader-importer" && ["auto", ...FORMAT_NAMES].includes(name);
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && isExtension(entry.name))
      .map(({ name }) => join(folder, name))
      .sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function isExtension(name: string): boolean {
  if (name.startsWith(".") || COPIED.includes(name) || name.endsWith(".d.ts")) return false;
  return KINDS.includes(extname(name));
}

/** The file itself, where a link leads to it, and the folder that it is in: whoever may write those may trade. */
function unsafeFor(file: string): string | null {
  try {
    const path = realpathSync(file);
    if (!statSync(path).isFile()) return "is no file";
    const open = [path, dirname(path), dirname(resolve(file))].find(
      (place) => (statSync(place).mode & OTHERS_MAY_WRITE) !== 0,
    );
    if (open === undefined) return null;
    const what = open === path ? "it" : `its folder ${open}`;
    return `everybody may write ${what}, and it runs with the rights to trade: chmod o-w ${open}`;
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A module whose top never comes to its end may not hold up the start for good. */
async function imported(file: string): Promise<Readonly<Record<string, unknown>>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const fail = () => reject(new Error(`it was not loaded within ${LOAD_MS_MAX / 1_000} s`));
    timer = setTimeout(fail, LOAD_MS_MAX);
  });
  const url = pathToFileURL(realpathSync(file)).href;
  try {
    return await Promise.race([import(url), late]);
  } finally {
    clearTimeout(timer);
  }
}

function clashes(extensions: readonly LoadedExtension[]): readonly ExtensionProblem[] {
  const known = new Map<string, string>();
  return extensions.flatMap(({ file, extension }) => {
    const first = known.get(extension.name);
    known.set(extension.name, first ?? file);
    if (first === undefined) return [];
    return [
      { file, keyPath: "name", message: `"${extension.name}" is the name of ${basename(first)} already` },
    ];
  });
}
