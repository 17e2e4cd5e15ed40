/** `copytrader protections`: what stops, trailing stops, loss limits, cool-offs and replacements would have saved or cost. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { timeText } from "../../analytics/equity/day-text.ts";
import type { BacktestTerms } from "../../config.ts";
import type {
  ProtectionName,
  ProtectionsReport,
  ProtectionsRequest,
} from "../../control/protections/protections.ts";
import { command, type Finish, runAction } from "../command.ts";
import { CliError, EXIT, type Output, usage } from "../output.ts";
import { assertPage } from "../output-file.ts";
import { ProgressLine } from "../progress-line.ts";
import { RemainingTime } from "../remaining-time.ts";
import {
  assertPastInOrder,
  backtestTerms,
  type PastOptions,
  pastRequest,
  tellWithPage,
  withPastOptions,
} from "./backtest-options.ts";
import { backtestStrategies } from "./backtest-strategies.ts";
import { untilInterrupted } from "./traders-options.ts";

interface ProtectionsOptions extends PastOptions {
  readonly strategy?: string;
  readonly only?: string;
  readonly try?: readonly string[];
  readonly html?: string;
}

const RESAMPLES = 2_000;
const AFTER = `
Recorded history goes through the same engine with and without each protection: same fills, delays, prices and seeds, so that
the difference is the protection's. Of each: what is configured (--config), a tighter and a looser setting; of what is not in
use an example. Leaders are traders by name, copied in equal parts; --strategy copies whom a strategy chooses.
Protections: loss_tiers, daily_loss, account_drawdown, leader_stop, trailing_stop, leader_replacement, leader_decay,
position_stop, liquidation_guard, cool_off. --try tries a setting of yours in their place, written as in the configuration; several in one
with ; between them: --try 'sl_loss_tiers_usd=[100,200]; sl_reference=peak'. It may be given more than once.
"saved" and "cost" are said only where chance alone seldom brings as much, all comparisons allowed for.
docs/protections.md says how to read it, and how far to trust it. Each run that is finished is kept in the data folder: the
same command goes on with the next.

Exit codes: 0 done; 2 asked for wrongly, or nothing is known of that time; 130 interrupted.`;

export function protectionsCommand(finish: Finish): Command {
  const examples = [
    "protections --strategy copy_all --start-date 2024-05-01 --end-date 2024-06-20",
    "protections alice bob --start-date 2024-05-01 --end-date 2024-06-20 --only trailing_stop,cool_off",
    "protections alice --start-date 2024-05-01 --end-date 2024-06-20 --try 'stop_loss={share: 0.1, from: peak}' --html page.html",
  ];
  const made = command(
    "protections",
    "what stops and limits would have saved or cost over recorded history",
    examples,
  )
    .argument("[leaders...]", "traders that are copied in equal parts")
    .option("--strategy <name>", "copy whom this strategy chooses, in place of leaders by name")
    .option("--only <names>", "protections to look at, with commas between them (default: all)")
    .option(
      "--try <setting>",
      "try this setting in place of the usual ones, such as position_stop=0.1",
      (value: string, all: readonly string[] = []) => [...all, value],
    )
    .option("--html <file>", "write a page with charts into this .html file");
  return withPastOptions(made, {
    resamples: ["of the intervals; 0 makes none", RESAMPLES],
    seed: "of delays and resampling",
  })
    .addHelpText("after", AFTER)
    .action((leaders: readonly string[], options: ProtectionsOptions) =>
      runAction(options, finish, (output) =>
        untilInterrupted(output, (stop) => run(leaders, options, stop, output)),
      ),
    );
}

async function run(
  leaders: readonly string[],
  options: ProtectionsOptions,
  stop: AbortSignal,
  output: Output,
): Promise<number> {
  const { data, html, startDate, endDate } = options;
  assertPage("--html", html);
  assertPastInOrder(options);
  const { protections } = await import("../../control/protections/protections.ts");
  const { notActing } = await import("../../control/backtest/backtest.ts");
  const request = await requestOf(leaders, options);
  for (const note of notActing(request.terms)) output.note(note);
  const line = new ProgressLine({ isSilent: output.json, besideResults: false });
  const remaining = new RemainingTime();
  let finished = 0;
  try {
    const report = await protections(data, request, {
      stop,
      onNote: (text) => {
        line.clear();
        output.note(text);
      },
      onFile: (read, of) => line.show(() => `reading file ${read} of ${of}`),
      onRun: (done, of, atMs) => {
        finished = done;
        const reached = done + (atMs === null ? 0 : (atMs - startDate) / (endDate - startDate));
        remaining.reached(reached, atMs !== null);
        if (atMs !== null)
          line.show(() => ({
            name: "protections",
            part: reached / of,
            rest: `run ${done + 1} of ${of}, ${timeText(atMs)}${remaining.text(of - reached)}`,
          }));
      },
    });
    line.clear();
    await tell(report, options, output);
    return EXIT.ok;
  } catch (error) {
    line.clear();
    if (stop.aborted)
      output.note(
        `${finished} runs are finished and kept; the one at work begins anew when the command is given again`,
      );
    throw error;
  } finally {
    line.clear();
  }
}

async function tell(report: ProtectionsReport, { html }: ProtectionsOptions, output: Output): Promise<void> {
  const { protectionAssumptions } = await import("../../control/protections/assumptions.ts");
  const assumptions = protectionAssumptions(report);
  if (html !== undefined) {
    const { protectionsPage } = await import("../../reports/protections-page.ts");
    writeFileSync(html, protectionsPage({ ...report, assumptions }));
  }
  const { protectionLines } = await import("../protection-lines.ts");
  tellWithPage(output, { ...report, assumptions }, protectionLines(report, assumptions), html);
}

async function requestOf(
  leaders: readonly string[],
  options: ProtectionsOptions,
): Promise<ProtectionsRequest> {
  const terms = await backtestTerms(options.config);
  return {
    ...(await pastRequest(options, terms)),
    copied: await copiedBy(leaders, options, terms),
    only: await onlyOf(options),
    asked: askedIn(options, terms),
  };
}

async function copiedBy(
  leaders: readonly string[],
  { strategy, config }: ProtectionsOptions,
  terms: BacktestTerms,
): Promise<ProtectionsRequest["copied"]> {
  if (leaders.length > 0 && strategy !== undefined)
    throw usage("--strategy: leaders by name and a strategy do not go together");
  if (leaders.length > 0) return [...new Set(leaders)];
  const name = strategy ?? terms.portfolio.strategy.value;
  if (name === null)
    throw usage("name at least one leader (copytrader traders list), or a strategy: --strategy copy_all");
  const [found] = (await backtestStrategies(config, terms)).named([name]);
  if (found === undefined) throw usage(`there is no strategy ${JSON.stringify(name)}`);
  return found;
}

async function onlyOf({ only }: ProtectionsOptions): Promise<readonly ProtectionName[]> {
  const { PROTECTIONS } = await import("../../control/protections/protections.ts");
  const { meantText } = await import("../../config.ts");
  if (only === undefined) return PROTECTIONS;
  const names = only.split(",").map((name) => name.trim());
  return names.map((name) => {
    const found = PROTECTIONS.find((one) => one === name);
    if (found !== undefined) return found;
    throw usage(
      `--only: there is no protection ${JSON.stringify(name)}${meantText(name, PROTECTIONS)}. There are ${PROTECTIONS.join(", ")}`,
    );
  });
}

function askedIn({ try: tried = [] }: ProtectionsOptions, terms: BacktestTerms): ProtectionsRequest["asked"] {
  return tried.map((text) => {
    const found = terms.guardsWith(text.split(";").map((one) => one.trim()));
    if (found.ok) return found;
    const lines = found.problems.map(
      ({ keyPath, message, nearest }) =>
        `--try: ${keyPath === "" ? "" : `${keyPath} `}${message}${nearest === undefined ? "" : `; ${nearest} was probably meant`}`,
    );
    throw new CliError("usage", lines[0] ?? "--try", {
      exitCode: EXIT.usage,
      problems: found.problems.map((problem) => ({ ...problem })),
      lines: lines.slice(1),
    });
  });
}
