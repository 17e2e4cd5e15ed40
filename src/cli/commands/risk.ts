/** `copytrader risk`: what the copied portfolio may lose, which leader brings how much of it, and how far its limits are used. */
import { type Command, InvalidArgumentError } from "commander";
import {
  type CommonOptions,
  command,
  type Finish,
  type Folders,
  runAction,
  wholeNumber,
  withFolders,
} from "../command.ts";
import { EXIT, type Output, usage } from "../output.ts";
import { withResampling } from "../resampling.ts";

interface RiskOptions extends CommonOptions, Folders {
  readonly follower?: string;
  readonly confidence: number;
  readonly days: number;
  readonly resamples: number;
  readonly seed: number;
}

const DAYS = 365;
const DAYS_MIN = 30;
const DAYS_MAX = 3_650;
const AFTER = `
What is held now of each leader, times what past days brought to each unit that the leader held: its record in the trader
store. What leaders have in a figure sums to the figure; below zero it is a hedge. Limits (max_portfolio_var_95 and others)
show what the running engine was told, which counts 95 % and 365 days. docs/risk.md has the formulas.

Exit codes: 0 done; 1 a limit of the portfolio's risk is passed; 2 what was asked for is wrong.`;

export function riskCommand(finish: Finish): Command {
  const examples = ["risk", "risk --follower slave1 --confidence 0.99", "risk --days 180 --json"];
  const made = withFolders(
    command("risk", "what all copies together may lose, and by which leader", examples),
  )
    .option("--follower <nickname>", "only this follower")
    .option("--confidence <share>", "of value at risk and CVaR, from 0.5 to 0.999", confidence, 0.95)
    .option("--days <count>", `how many past days count, from ${DAYS_MIN} to ${DAYS_MAX}`, days, DAYS);
  return withResampling(made, "bootstrap resamples of the portfolio's days")
    .addHelpText("after", AFTER)
    .action((options: RiskOptions) => runAction(options, finish, (output) => risk(options, output)));
}

async function risk(
  { follower, confidence: level, days: count, resamples, seed, ...folders }: RiskOptions,
  output: Output,
): Promise<number> {
  const { loadForInspection } = await import("../load.ts");
  const { withControl } = await import("../with-control.ts");
  const { copiedRisk } = await import("../../control/copied-risk.ts");
  const { riskLines } = await import("../risk-lines.ts");
  const { accounts, filters } = await loadForInspection(folders);
  if (follower !== undefined && !accounts.some((one) => one.role === "follower" && one.account === follower))
    throw usage(`there is no follower "${follower}"`);
  const [{ allocations }, limits] = await withControl(folders, (control) =>
    Promise.all([control.ask({ kind: "allocations" }), control.ask({ kind: "limits" })]),
  );
  const found = await copiedRisk(folders.data, accounts, {
    allocations: allocations.filter((one) => follower === undefined || one.follower === follower),
    limits,
    nowMs: Date.now(),
    days: count,
    confidence: level,
    benchmark: filters.beta_benchmark.value,
    resamples,
    seed,
  });
  output.result(found, () => riskLines(found).join("\n"));
  const isPassed = found.followers.some((one) => one.limits.some(({ headroom }) => headroom.startsWith("-")));
  return isPassed ? EXIT.failure : EXIT.ok;
}

function confidence(text: string): number {
  const value = Number(text);
  if (!(value >= 0.5 && value <= 0.999))
    throw new InvalidArgumentError("It must be a number from 0.5 to 0.999, such as 0.95.");
  return value;
}

function days(text: string): number {
  const value = wholeNumber(text);
  if (value < DAYS_MIN || value > DAYS_MAX)
    throw new InvalidArgumentError(`It must be a whole number from ${DAYS_MIN} to ${DAYS_MAX}.`);
  return value;
}
