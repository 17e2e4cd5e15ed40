/**
 * How the command line speaks: text for people, one JSON document per line for programs. With `--json` everything, errors
 * too, is on stdout; without it results are on stdout and errors on stderr. Exit codes are the same for both. No error shows
 * a secret that the process holds.
 */
import { existsSync } from "node:fs";
import { styleText } from "node:util";
import { masked } from "../security/secrets.ts";

/**
 * 0 done; 1 it did not work; 2 it was asked for wrongly (usage, configuration, nobody to ask), nothing was done; 3 the answer was
 * no, nothing was done.
 */
export const EXIT = { ok: 0, failure: 1, usage: 2, declined: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface CliProblem {
  readonly message: string;
  readonly [detail: string]: unknown;
}

/** An error for the user: printed without a stack. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly kind: string;
  readonly exitCode: ExitCode;
  readonly problems: readonly CliProblem[];
  /** The problems for people, where their messages alone do not say where they are. */
  readonly lines: readonly string[];

  constructor(
    kind: string,
    message: string,
    options: {
      readonly exitCode?: ExitCode;
      readonly problems?: readonly CliProblem[];
      readonly lines?: readonly string[];
    } = {},
  ) {
    super(message);
    this.kind = kind;
    this.exitCode = options.exitCode ?? EXIT.failure;
    this.problems = options.problems ?? [];
    this.lines = options.lines ?? this.problems.map((problem) => problem.message);
  }
}

/** It was asked for wrongly. */
export function usage(message: string): CliError {
  return new CliError("usage", message, { exitCode: EXIT.usage });
}

/** There is no journal: an engine has not run on this data folder. */
export function nothingStarted(dataFolder: string): CliError {
  const lack = existsSync(dataFolder) ? "" : ", which is not there";
  return new CliError(
    "not-running",
    `nothing has been started yet in the data folder ${dataFolder}${lack}; --data names that of copytrader start`,
  );
}

export class Output {
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  /** The result: the value as JSON, or the text. */
  result(value: unknown, text: () => string): void {
    process.stdout.write(`${this.json ? JSON.stringify(value) : text()}\n`);
  }

  /** A remark that is no part of the result; nothing with `--json`. */
  note(text: string): void {
    if (!this.json) process.stderr.write(`${text}\n`);
  }

  error({ kind, message, problems, lines }: CliError): void {
    if (this.json) {
      process.stdout.write(masked(`${JSON.stringify({ error: { kind, message, problems } })}\n`));
      return;
    }
    process.stderr.write(masked(`copytrader: ${message}\n`));
    for (const line of lines) process.stderr.write(masked(`  ${line}\n`));
  }
}

export type Colour = "green" | "yellow" | "red" | "dim" | "bold";

/** Coloured on a terminal that wants it; plain when piped or with NO_COLOR. */
export function coloured(colour: Colour, text: string): string {
  return styleText(colour, text, { stream: process.stdout });
}
