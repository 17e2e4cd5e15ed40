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

/** Where it is asked and answered. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

const OWN: Terminal = { input: process.stdin, output: process.stderr };

/** Throws a CliError unless the answer is yes: exit code 2 where nobody can be asked, 3 for a no. */
export async function confirm(
  output: Output,
  { isSure, question, declined, problems }: Question,
  terminal: Terminal = OWN,
): Promise<void> {
  if (isSure) return;
  if (output.json || terminal.input.isTTY !== true) {
    const message = `${declined}: add --yes to confirm`;
    throw new CliError("not-confirmed", message, { exitCode: EXIT.usage, problems });
  }
  const answer = await answerTo(`${question} [y/N] `, terminal);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError("declined", declined, { exitCode: EXIT.declined });
}

/** What was typed; nothing where the input ended or was broken off. */
async function answerTo(question: string, terminal: Terminal): Promise<string> {
  const questions = createInterface({ ...terminal });
  try {
    return await new Promise<string>((resolve, reject) => {
      questions.once("close", () => resolve(""));
      questions.question(question).then(resolve, reject);
    });
  } finally {
    questions.close();
  }
}
