/**
 * `copytrader init`: writes the example configuration that is shipped in `config/` to where the user wants it: YAML files
 * ready to use (paper mode), schemas for editors, examples of account files and of `.env`. Asks nothing, and never
 * touches a file that exists.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CliError } from "./output.ts";

export interface InitOptions {
  /** Folder of the YAML files. */
  readonly config: string;
  /** Folder of the data; account files go into `accounts` below it. */
  readonly data: string;
}

export interface InitResult {
  /** Files that were written, in order. */
  readonly written: readonly string[];
  /** Files that were there already and were left alone. */
  readonly kept: readonly string[];
}

interface Template {
  readonly file: string;
  readonly text: string;
}

/** The same distance from src/cli and from dist/cli. */
const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

/** Throws a CliError naming the file when the disk refuses. */
export function initialise(options: InitOptions): InitResult {
  const done = templates(options).map((template) => ({ file: template.file, isNew: writeNew(template) }));
  return {
    written: done.filter(({ isNew }) => isNew).map(({ file }) => file),
    kept: done.filter(({ isNew }) => !isNew).map(({ file }) => file),
  };
}

/** For people; with `--json` the result itself is printed. */
export function describeInit({ written, kept }: InitResult, { config, data }: InitOptions): string {
  const accounts = join(data, "accounts");
  const folders = config === "./config" && data === "./data" ? "" : ` --config ${config} --data ${data}`;
  return [
    ...written.map((file) => `written  ${file}`),
    ...kept.map((file) => `kept     ${file}`),
    "",
    `Next, in ${accounts}: copy leader.json.example to leader.json and follower.json.example to`,
    "follower.json, and set account_type and url to where the leader trades. Give the leader its key,",
    `in the file or in ${join(dirname(config), ".env")}. Then`,
    `  copytrader accounts check${folders}`,
    `  copytrader start${folders}`,
    "Copying begins in paper mode: nothing is sent to a venue until copy_trading.mode says live.",
  ].join("\n");
}

function templates({ config, data }: InitOptions): readonly Template[] {
  const source = join(packageRoot, "config");
  const names = readdirSync(source).sort();
  const accounts = join(data, "accounts");
  return [
    ...names
      .filter((name) => name.endsWith(".yaml.example"))
      .map((name) => ({
        file: join(config, name.slice(0, -".example".length)),
        text: read(source, name),
      })),
    ...readdirSync(join(source, "schema"))
      .sort()
      .map((name) => ({
        file: join(config, "schema", name),
        text: read(source, "schema", name),
      })),
    ...names
      .filter((name) => name.endsWith(".json.example"))
      .map((name) => ({
        file: join(accounts, name),
        text: read(source, name).replace("../../config/schema", schemaFrom(accounts, config)),
      })),
    { file: join(dirname(config), ".env.example"), text: read(packageRoot, ".env.example") },
  ];
}

/** The address of the schemas as seen from an account file. */
function schemaFrom(accounts: string, config: string): string {
  return relative(resolve(accounts), resolve(config, "schema")).replaceAll("\\", "/");
}

function read(...path: readonly string[]): string {
  return readFileSync(join(...path), "utf8");
}

const CODES: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the disk is read-only",
  ENOTDIR: "a file is in the way where a folder should be",
  ENOSPC: "the disk is full",
};

/** False when the file existed. New folders may be entered by the owner only: secrets will lie there. */
function writeNew({ file, text }: Template): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { flag: "wx" });
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    if (code === "EEXIST") return false;
    const why = CODES[code] ?? code;
    throw new CliError("cannot-write", `cannot write ${file}: ${why}`);
  }
}
