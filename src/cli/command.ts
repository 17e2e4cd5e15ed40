/**
 * What all commands share: the options for folders and JSON, and the way from an action to an exit code. Commands load what
 * they need when they run, so that `--help` is quick.
 */
import { Command, InvalidArgumentError } from "commander";
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
  return made
    .option("--config <dir>", "folder of the YAML files", "./config")
    .option("--data <dir>", "data folder: accounts, journal, database, logs", "./data");
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
