/** Why a start came to nothing, in the words of its failure: refusals, a folder in use, and what nobody expected. */
import { join } from "node:path";
import { type ConfiguredAccount, describeProblem } from "../config.ts";
import { DataFolderError } from "../data-folder.ts";
import { JournalError } from "../journal/journal.ts";
import type { Admission } from "./admission.ts";
import type { StartFailure } from "./printer.ts";

export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly problems: StartFailure["problems"];

  constructor(problems: StartFailure["problems"]) {
    super("the start was refused before anything was sent");
    this.problems = problems;
  }
}

export function problemOf(
  account: ConfiguredAccount,
  admission: Admission,
  dataDir: string,
): StartFailure["problems"][number] {
  const message = admission.kind === "admitted" ? "" : admission.cause;
  return {
    file: join(dataDir, account.source),
    keyPath: "api_key",
    nickname: account.account,
    message,
  };
}

export function failureOf(error: unknown): StartFailure {
  if (error instanceof Refusal) return { kind: "refused", message: error.message, problems: error.problems };
  if (error instanceof DataFolderError) return { kind: "data-folder", message: error.message, problems: [] };
  if (error instanceof JournalError && error.failure === "in-use") {
    return { kind: "data-folder", message: error.message, problems: [] };
  }
  return { kind: "failure", message: error instanceof Error ? error.message : String(error), problems: [] };
}

/** In one line. Without a colon after a key's name, as what follows `api_key:` is masked wherever it is told. */
export function failureText({ message, problems }: StartFailure): string {
  const lines = problems.map((problem) => {
    const at = problem.keyPath === "" ? "" : ` (at ${problem.keyPath})`;
    return `${describeProblem({ ...problem, keyPath: "" })}${at}`;
  });
  return [message, ...lines].join("; ");
}
