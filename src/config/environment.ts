/**
 * The environment of the process and the `.env` file, in that order. Values are secrets until shown otherwise: they are
 * handed out only for a name that somebody asks for, and never appear in a message.
 */
import { dirname, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { type LogLevel, logLevels } from "./defaults.ts";
import { nearest } from "./nearest.ts";
import type { ConfigurationProblem } from "./problems.ts";
import { readText } from "./read-text.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

interface FoundVariable {
  readonly name: string;
  readonly value: string;
  readonly source: "environment" | ".env";
}

export interface Environment {
  /** The first of these names that is set and not empty: all of them in the environment, then all in `.env`. */
  readonly find: (names: readonly string[]) => FoundVariable | undefined;
  /** The same, whether or not a later source overrides it; in order of precedence. */
  readonly findAll: (names: readonly string[]) => readonly FoundVariable[];
  readonly problems: readonly ConfigurationProblem[];
}

/**
 * `.env` beside the configuration folder and nowhere else: a trial with its own folder must not pick up the keys that lie
 * in the working directory.
 */
export function readEnvironment(variables: Variables, configDir: string): Environment {
  const file = join(dirname(resolve(configDir)), ".env");
  const read = readText(file);
  const problems = read.kind === "failed" ? [{ file, keyPath: "", message: read.cause }] : [];
  return environmentOf(variables, read.kind === "read" ? parseEnv(read.value) : {}, problems);
}

/** The same for a command, with the environment of the process where none is given. */
export function environmentFor(configDir: string, variables: Variables = process.env): Environment {
  return readEnvironment(variables, configDir);
}

function environmentOf(
  variables: Variables,
  file: Variables,
  problems: readonly ConfigurationProblem[],
): Environment {
  const findAll = (names: readonly string[]): readonly FoundVariable[] => [
    ...lookUp(names, variables, "environment"),
    ...lookUp(names, file, ".env"),
  ];
  return { findAll, find: (names) => findAll(names)[0], problems };
}

function lookUp(
  names: readonly string[],
  from: Variables,
  source: FoundVariable["source"],
): readonly FoundVariable[] {
  return names.flatMap((name) => {
    const value = from[name]?.trim() ?? "";
    return value === "" ? [] : [{ name, value, source }];
  });
}

/** `slave-1` is `SLAVE_1`, the beginning of the names of its variables. */
export function variablePrefix(nickname: string): string {
  return nickname.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

/** A value that an example file holds in place of a real one. */
export function isPlaceholder(value: string): boolean {
  return /^your[_-]|_here$/i.test(value);
}

export type LogLevelResult =
  | { readonly kind: "absent" }
  | { readonly kind: "given"; readonly level: LogLevel; readonly source: FoundVariable["source"] }
  | { readonly kind: "bad"; readonly problem: ConfigurationProblem };

/** LOG_LEVEL, or `debug` when DEBUG_MODE is on; in capitals and by the names of other systems too. */
export function logLevelFrom(environment: Environment): LogLevelResult {
  const named = environment.find(["LOG_LEVEL"]);
  if (named !== undefined) return namedLevel(named);
  const debug = environment.find(["DEBUG_MODE"]);
  if (debug === undefined) return { kind: "absent" };
  const on = truth.get(debug.value.toLowerCase());
  if (on === undefined) return bad(debug, "must be true or false", [...truth.keys()]);
  return on ? { kind: "given", level: "debug", source: debug.source } : { kind: "absent" };
}

const truth: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
  ["1", true],
  ["0", false],
  ["yes", true],
  ["no", false],
  ["on", true],
  ["off", false],
]);

const otherNames: ReadonlyMap<string, LogLevel> = new Map([
  ["warning", "warn"],
  ["critical", "fatal"],
]);

/** A switch; undefined where it is not set. */
export function flagOf(
  environment: Environment,
  name: string,
): {
  readonly value: boolean | undefined;
  readonly source: string;
  readonly problems: readonly ConfigurationProblem[];
} {
  const found = environment.find([name]);
  if (found === undefined) return { value: undefined, source: "", problems: [] };
  const value = truth.get(found.value.toLowerCase());
  const wrong = value === undefined ? [wrongVariable(found, "must be true or false", [...truth.keys()])] : [];
  return { value, source: found.source, problems: wrong };
}

function namedLevel(variable: FoundVariable): LogLevelResult {
  const wanted = variable.value.toLowerCase();
  const level = logLevels.find((name) => name === wanted) ?? otherNames.get(wanted);
  if (level === undefined) return bad(variable, `must be one of ${logLevels.join(", ")}`, logLevels);
  return { kind: "given", level, source: variable.source };
}

function bad(variable: FoundVariable, message: string, choices: readonly string[]): LogLevelResult {
  return { kind: "bad", problem: wrongVariable(variable, message, choices) };
}

function wrongVariable(
  variable: FoundVariable,
  message: string,
  choices: readonly string[],
): ConfigurationProblem {
  const meant = nearest(variable.value, choices);
  const place = { file: variable.source, keyPath: variable.name, message };
  return meant === undefined ? place : { ...place, nearest: meant };
}
