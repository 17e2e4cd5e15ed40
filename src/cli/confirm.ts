/** Asks before something is done that a preview has shown; a script says `--yes` instead. */
import { createInterface } from "node:readline/promises";
import { CliError, type CliProblem, EXIT, type Output } from "./output.ts";

export interface Question {
  /** Whether `--yes` was given. */
  readonly isSure: boolean;
  readonly question: string;
  /** What did not happen when the answer is no. */
  readonly declined: string;
  /** What would happen, for whom no question can be asked. */
  readonly problems: readonly CliProblem[];
}

/** Throws a CliError unless the answer is yes. */
export async function confirm(
  output: Output,
  { isSure, question, declined, problems }: Question,
): Promise<void> {
  if (isSure) return;
  if (output.json || !process.stdin.isTTY) {
    const message = `${declined}: add --yes to confirm`;
    throw new CliError("not-confirmed", message, { exitCode: EXIT.usage, problems });
  }
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await questions.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new CliError("not-confirmed", declined);
  } finally {
    questions.close();
  }
}
