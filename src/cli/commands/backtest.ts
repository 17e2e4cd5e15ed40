/** `copytrader backtest`: what strategies would have done over recorded history, through the same engine as live. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { timeText } from "../../analytics/equity/day-text.ts";
import type { BacktestTerms } from "../../config.ts";
import type { BacktestReport, BacktestRequest, BacktestStrategy } from "../../control/backtest/backtest.ts";
import { command, type Finish, runAction } from "../command.ts";
import { coloured, EXIT, type Output } from "../output.ts";
import { assertPage } from "../output-file.ts";
import { ProgressLine } from "../progress-line.ts";
import { RemainingTime } from "../remaining-time.ts";
import { wrapped } from "../table.ts";
import {
  assertPastInOrder,
  backtestTerms,
  type PastOptions,
  pastRequest,
  tellWithPage,
  withPastOptions,
} from "./backtest-options.ts";
import { backtestStrategies, STRATEGY_DEFAULT } from "./backtest-strategies.ts";
import { untilInterrupted } from "./traders-options.ts";

interface BacktestOptions extends PastOptions {
  readonly strategy?: string;
  readonly strategies?: string;
  readonly compare?: boolean;
  readonly html?: string;
}

const RESAMPLES = 1_000;
const AFTER = `
Recorded traders are the leaders, recorded bars and funding the market; between them stands the engine that trades live, and
a follower's account at the simulated exchange. At each of its moments a strategy knows what was known then, and nothing that
came later. How a follower copies and what limits it is what the configuration says (--config), as for live.
Slippage: fixed pays --slippage-bps whatever the size; depth has half a spread of --slippage-bps and --minute-share of a
minute's volume within ten basis points; impact has the half spread and moves the price by --impact x deviation x
sqrt(size / volume). docs/backtesting.md says what is modelled, what is not, and how far to trust it.
A strategy that is finished is kept in the data folder: the same command goes on with the next. One that was interrupted
begins anew.

Exit codes: 0 done; 2 asked for wrongly, or nothing is known of that time; 130 interrupted.`;

export function backtestCommand(finish: Finish): Command {
  const examples = [
    "backtest --start-date 2024-05-01 --end-date 2024-06-20",
    "backtest --strategy portfolio_copying --start-date 2024-05-01 --end-date 2024-06-20 --compare --html report.html",
    "backtest --strategies copy_all,dynamic --compare --start-date 2024-05-20 --end-date 2024-06-20 --traders fills --market bars",
  ];
  const made = command("backtest", "what a strategy would have done over recorded history", examples)
    .option(
      "--strategy <name>",
      `which; what others are held against (default: portfolio.strategy of the configuration, else ${STRATEGY_DEFAULT})`,
    )
    .option("--compare", "hold other strategies against it: all of them, or those of --strategies")
    .option("--strategies <names>", "several, with commas between them")
    .option("--html <file>", "write a page with charts into this .html file");
  return withPastOptions(made, {
    resamples: ["of the intervals; 0 makes none", RESAMPLES],
    seed: "of delays and resampling",
  })
    .addHelpText("after", AFTER)
    .action((options: BacktestOptions) =>
      runAction(options, finish, (output) => untilInterrupted(output, (stop) => run(options, stop, output))),
    );
}

async function run(options: BacktestOptions, stop: AbortSignal, output: Output): Promise<number> {
  const { data, html, startDate, endDate } = options;
  assertPage("--html", html);
  assertPastInOrder(options);
  const { backtest, decidingOnce, notActing } = await import("../../control/backtest/backtest.ts");
  const request = await requestOf(options);
  for (const note of [...notActing(request.terms), ...decidingOnce(request.strategies)]) output.note(note);
  const line = new ProgressLine({ isSilent: output.json, besideResults: false });
  const lengthMs = endDate - startDate;
  const remaining = new RemainingTime();
  let done = 0;
  try {
    const report = await backtest(data, request, {
      stop,
      onNote: (text) => {
        line.clear();
        output.note(text);
      },
      onFile: (read, of) => line.show(() => `reading file ${read} of ${of}`),
      onStrategy: (name, atMs) => {
        if (atMs === null) done += 1;
        const part = atMs === null ? 0 : (atMs - startDate) / lengthMs;
        remaining.reached(done + part, atMs !== null);
        const { length: of } = request.strategies;
        if (atMs !== null)
          line.show(() => ({
            name,
            part,
            rest: `${done + 1} of ${of}, ${timeText(atMs)}${remaining.text(of - done - part)}`,
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
        `${done} of ${request.strategies.length} strategies are finished and kept; the one at work begins anew when the command is given again`,
      );
    throw error;
  } finally {
    line.clear();
  }
}

async function tell(report: BacktestReport, { html }: BacktestOptions, output: Output): Promise<void> {
  const { assumptionsOf } = await import("../../control/backtest/assumptions.ts");
  const { nobodyCopied } = await import("../../control/backtest/nobody-copied.ts");
  const warnings = nobodyCopied(report.strategies);
  const assumptions = assumptionsOf(report);
  if (html !== undefined) {
    const { backtestPage } = await import("../../reports/backtest-page.ts");
    const { INTERVAL_DAYS_MIN } = await import("../../control/backtest/backtest.ts");
    const { STRATEGY_REASONS } = await import("../../strategies/reasons.ts");
    const about = { daysMin: INTERVAL_DAYS_MIN, reasonTexts: STRATEGY_REASONS };
    writeFileSync(html, backtestPage({ ...report, ...about, assumptions: [...warnings, ...assumptions] }));
  }
  const { backtestLines } = await import("../backtest-lines.ts");
  const lines = [
    ...warnings.flatMap((text) => [...wrapped(`! ${text}.`).map((row) => coloured("yellow", row)), ""]),
    ...backtestLines(report, assumptions),
  ];
  tellWithPage(output, { ...report, warnings, assumptions }, lines, html);
}

async function requestOf(options: BacktestOptions): Promise<BacktestRequest> {
  const terms = await backtestTerms(options.config);
  return { ...(await pastRequest(options, terms)), strategies: await strategiesOf(options, terms) };
}

/** In the order in which they are told. */
async function strategiesOf(
  options: BacktestOptions,
  terms: BacktestTerms,
): Promise<readonly BacktestStrategy[]> {
  const { strategy, strategies, compare } = options;
  const found = await backtestStrategies(options.config, terms);
  const listed = strategies?.split(",").map((name) => name.trim()) ?? [];
  const usual = listed.length > 0 ? [] : [terms.portfolio.strategy.value ?? STRATEGY_DEFAULT];
  const first = strategy === undefined ? usual : [strategy];
  return found.named([...first, ...(compare === true && listed.length === 0 ? found.names : listed)]);
}
