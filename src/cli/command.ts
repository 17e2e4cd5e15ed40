/**
 * What all commands share: the options for folders and JSON, and the way from an action to an exit code. Commands load what
 * they need when they run, so that `--help` is quick.
 */
import { statSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { sinceMs } from "../control/since.ts";
import { masked } from "../security/secrets.ts";
import { CliError, EXIT, type ExitCode, Output } from "./output.ts";

/** Settles the run: the exit code, once. */
export type Finish = (code: ExitCode | number) => void;

export interface Folders {
  readonly config: string;
  readonly data: string;
}

export interface CommonOptions {
  readonly json?: boolean;
}

export function command(name: string, summary: string, examples: readonly string[]): Command {
  const made = new Command(name).summary(summary).description(`${summary}.`);
  made.option("--json", "JSON instead of text; errors too, as one line on stdout");
  made.addHelpText("after", `\nExamples:\n${examples.map((line) => `  $ copytrader ${line}`).join("\n")}`);
  return made;
}

export function withFolders(made: Command): Command {
  return withDataFolder(made.addOption(configOption()));
}

/** For commands that make the folders, and for those that must not be kept from their work by a name that was mistyped. */
export function withFoldersAsGiven(made: Command): Command {
  return withDataFolder(made.option(CONFIG_FLAG, YAML_FOLDER, CONFIG));
}

/** Without a configuration all is as by default; one that somebody names has to be there. */
export function configOption(description = YAML_FOLDER): Option {
  return new Option(CONFIG_FLAG, description).argParser(folderThere).default(CONFIG);
}

function withDataFolder(made: Command): Command {
  return made.option("--data <dir>", "data folder: accounts, journal, database, logs", "./data");
}

const CONFIG = "./config";
const CONFIG_FLAG = "--config <dir>";
const YAML_FOLDER = "folder of the YAML files";

function folderThere(text: string): string {
  if (statSync(text, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new InvalidArgumentError(
      `There is no folder ${text}; copytrader init --config ${text} makes one with examples.`,
    );
  return text;
}

/** For options that count: 1 or more. */
export function positiveCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError("It must be a whole number above zero.");
  return value;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

/** UTC milliseconds, of a time back from now or a date. */
export function timeSince(text: string): number {
  const atMs = sinceMs(text, Date.now());
  if (atMs === null) throw new InvalidArgumentError("It must be a time back (30m, 24h, 7d) or a date.");
  return atMs;
}

/** Symbols are written in capitals everywhere. */
export function symbolName(text: string): string {
  return text.toUpperCase();
}

/** A port to listen on; 0 is any free one. */
export function portNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535)
    throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
  return value;
}

/** Runs an action; whatever it throws becomes the user's error and the exit code. */
export async function runAction(
  options: CommonOptions,
  finish: Finish,
  action: (output: Output) => Promise<ExitCode | number | undefined>,
): Promise<void> {
  const output = new Output(options.json === true);
  try {
    finish((await action(output)) ?? EXIT.ok);
  } catch (error) {
    const told = cliErrorOf(error);
    output.error(told);
    finish(told.exitCode);
  }
}

/** Failures of the world are told in a line; what nobody expected keeps its stack on stderr. */
export function cliErrorOf(error: unknown): CliError {
  if (error instanceof CliError) return error;
  const name = error instanceof Error ? error.name : "";
  const message = error instanceof Error ? error.message : String(error);
  const failure = error instanceof Error && "failure" in error ? String(error.failure) : "failure";
  if (name === "ControlError") {
    const exitCode = ASKED_WRONGLY.has(failure) ? EXIT.usage : EXIT.failure;
    const [first = "", ...more] = message.split("\n");
    const problems = more.length === 0 ? [] : [first, ...more].map((text) => ({ message: text }));
    return new CliError(failure, more.length === 0 ? first : "several settings are wrong", {
      exitCode,
      problems,
    });
  }
  if (error instanceof Error && name === "IdentityError") return identityRefusal(error, failure);
  if (EXPECTED.has(name)) return new CliError(failure, message);
  if (error instanceof Error && !("code" in error)) process.stderr.write(masked(`${error.stack ?? ""}\n`));
  return new CliError("failure", message);
}

const ASKED_WRONGLY = new Set([
  "unknown-follower",
  "unknown-leader",
  "unknown-relation",
  "unknown-proposal",
  "unknown-trader",
  "bad-settings",
  "bad-request",
]);
const EXPECTED = new Set(["MarketDataError", "DataFolderError", "JournalError", "StoreError"]);

/** A wrong field is named, unless the sentence does it itself; what the user can put right was asked for wrongly. */
function identityRefusal(error: Error, failure: string): CliError {
  const field = "field" in error && typeof error.field === "string" ? error.field : null;
  const message =
    field !== null && error.message.startsWith("must ") ? `${field} ${error.message}` : error.message;
  return new CliError(failure, message, { exitCode: failure === "no-key" ? EXIT.failure : EXIT.usage });
}
