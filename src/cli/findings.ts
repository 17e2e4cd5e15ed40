/** What was looked at and found, as text: a table of findings, or a block of checks for an account. */
import type { AccountChecks, CheckResult } from "../control/account-checks.ts";
import type { Finding } from "../control/diagnosis.ts";
import { type Colour, coloured } from "./output.ts";
import { table } from "./table.ts";

const RESULT_COLOURS: Readonly<Record<CheckResult, Colour>> = {
  ok: "green",
  warn: "yellow",
  fail: "red",
};

/** A table of what was found. */
export function describeFindings(findings: readonly Finding[]): string {
  const rows = findings.map(({ check, result, message }) => [
    check,
    coloured(RESULT_COLOURS[result], result),
    message,
  ]);
  const columns = [{ title: "CHECK" }, { title: "" }, { title: "FOUND" }];
  return table(columns, rows, { overflow: "wrap" }).join("\n");
}

/** A block of lines for one account. */
export function describeChecks({ account, role, venue, accountType, result, checks }: AccountChecks): string {
  const title = `${account} (${role}, ${accountType}, ${venue}): ${coloured(RESULT_COLOURS[result], result)}`;
  const rows = checks.map((row) => [
    row.check,
    coloured(RESULT_COLOURS[row.result], row.result),
    row.message,
  ]);
  const [, ...lines] = table([{ title: "" }, { title: "" }, { title: "" }], rows, {
    indent: "  ",
    overflow: "wrap",
  });
  return [title, ...lines].join("\n");
}
