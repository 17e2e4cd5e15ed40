/** Why an account is not added or removed, as the command line says it. */
import type { AccountError } from "../control/accounts.ts";
import { CliError, EXIT } from "./output.ts";

/** The answer, or a CliError in place of an AccountError. */
export async function told<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const { AccountError } = await import("../control/accounts.ts");
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AccountError) throw await errorOf(error);
    throw error;
  }
}

async function errorOf({ failure, message, checks, problems, troubles }: AccountError): Promise<CliError> {
  switch (failure) {
    case "key-refused": {
      const failed = checks?.checks.filter(({ result }) => result === "fail") ?? [];
      return new CliError("refused", message, {
        problems: failed.map((check) => ({ ...check })),
        lines: failed.map(({ check, message: text }) => `${check}: ${text}`),
      });
    }
    case "cannot-write":
      return new CliError("cannot-write", message);
    case "in-use":
      return new CliError("in-use", message, { problems: troubles.map((one) => ({ ...one })) });
    case "name-taken":
    case "unknown-account":
      return new CliError("usage", message, { exitCode: EXIT.usage });
    case "bad-settings":
    case "configuration": {
      const { describeProblem } = await import("../config.ts");
      if (problems.length === 0) return new CliError("usage", message, { exitCode: EXIT.usage });
      return new CliError("configuration", message, {
        exitCode: EXIT.usage,
        problems: problems.map((problem) => ({ ...problem })),
        lines: problems.map(describeProblem),
      });
    }
  }
}
