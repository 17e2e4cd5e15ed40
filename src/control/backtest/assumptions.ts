/** What a backtest's result stands on and what it leaves open, in sentences: part of every report, the gravest first. */

import type { SlippageModel } from "../../backtest/market/slippage.ts";
import type { StrategyReport } from "../../backtest/report.ts";
import { INTERVAL_DAYS_MIN } from "../../backtest/report.ts";
import type { BacktestReport } from "./backtest.ts";

/** What it was made with, and of each way through it what is doubtful. */
export interface AssumedReport
  extends Pick<BacktestReport, "basis" | "delay" | "orderLatencyMs" | "slippage" | "feeRates"> {
  readonly strategies: readonly Pick<StrategyReport, "days" | "doubts">[];
}

export function assumptionsOf(report: AssumedReport): readonly string[] {
  const { basis, delay, orderLatencyMs, slippage, feeRates } = report;
  const { traders, active, vanished, truncated, fills, fillsBefore } = basis;
  return [
    `survivorship: ${counted(traders, "trader")} of the store could be chosen, ${active} of them traded in this time. Whoever was never taken into the store, such as losers that their venue had taken off its list before anybody looked, is missing, and results are better than they could have been. ${vanished === 0 ? "None of these had vanished from its source before the end" : `${vanished} of these had vanished from their source before the end, and count until their last fill`}`,
    ...(truncated === 0
      ? []
      : [
          `${truncated} of the histories were cut by their source: what these leaders held before is not known, and is not copied`,
        ]),
    `known: ${fills} fills in this time, and ${fillsBefore} before it that the first decisions stand on`,
    `delay: a copier hears of a fill after ${delay.medianMs} ms in the median (log-normal, deviation ${delay.spread}, seed ${delay.seed}); an order takes ${orderLatencyMs} ms`,
    `${slippageText(slippage)}; fees: taker ${percent(feeRates.taker)}, maker ${percent(feeRates.maker)}`,
    "prices: between the points of the bars (open, the nearer extreme, the other, close) the last price stands, or what a recorded trader paid since; what is not known of it counts against the follower for a minute",
    "styles and sectors: of each trader as they were told by each decision, from the round trips that had ended by then",
    "the follower's own orders move no price but the one that they are filled at",
    ...listed("no bars are known of", basis.withoutBars, "their prices are what recorded traders paid"),
    ...listed("no funding rates are known of", basis.withoutFunding, "none is paid there"),
    ...listed("the follower's venue does not list", basis.unlisted, "nothing is copied there"),
    ...listed("steps and minima are assumed of", basis.assumedSteps, "the finest that leaders traded in"),
    ...doubts(report),
    ...shortness(report),
  ];
}

function shortness({ strategies: [first] }: AssumedReport): readonly string[] {
  const days = first?.days.length ?? 0;
  return days >= INTERVAL_DAYS_MIN
    ? []
    : [
        `${counted(days, "day")} tell too little for figures of a year, intervals and comparisons, which need ${INTERVAL_DAYS_MIN}`,
      ];
}

function slippageText(model: SlippageModel): string {
  switch (model.kind) {
    case "fixed":
      return `slippage: ${counted(model.bps, "basis point")}, whatever the size`;
    case "depth":
      return `slippage: half a spread of ${counted(model.halfSpreadBps, "basis point")}, and ${model.minuteShare} of a minute's volume of the last bar within ten basis points`;
    case "impact":
      return `slippage: half a spread of ${counted(model.halfSpreadBps, "basis point")}, and ${model.factor} x deviation x sqrt(size / volume) of the last bar`;
  }
}

function doubts({ strategies }: AssumedReport): readonly string[] {
  const most = (of: (one: AssumedReport["strategies"][number]) => number) =>
    Math.max(0, ...strategies.map(of));
  const closes = most(({ doubts: { unseenCloses } }) => unseenCloses);
  const prices = most(({ doubts: { strangePrices } }) => strangePrices);
  return [
    ...(closes === 0
      ? []
      : [`${counted(closes, "fill")} of copied leaders closed something from before their record: left out`]),
    ...(prices === 0
      ? []
      : [
          `${counted(prices, "price")} that traders are said to have paid lay outside of the bar and too far off the last price to be believed: not taken as prices`,
        ]),
  ];
}

const SHOWN = 8;

function listed(what: string, symbols: readonly string[], effect: string): readonly string[] {
  if (symbols.length === 0) return [];
  const rest = symbols.length > SHOWN ? ` and ${symbols.length - SHOWN} more` : "";
  return [`${what} ${symbols.slice(0, SHOWN).join(", ")}${rest}: ${effect}`];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function percent(rate: string): string {
  return `${Number((Number(rate) * 100).toPrecision(6))} %`;
}
