/** For people: how one trader trades. `traders trades` has all figures of the round trips. */
import type { SectorConcentration } from "../../analytics/style/diversity.ts";
import { ACCOUNT_DEFINITIONS, type AccountFigures } from "../../analytics/trades/account-definitions.ts";
import { TRADE_DEFINITIONS } from "../../analytics/trades/trade-definitions.ts";
import type { TradeFigures } from "../../analytics/trades/trade-figures.ts";
import type { FiguresOfTrader } from "../../control/trader-figures.ts";
import { counted } from "../../traders/counted.ts";
import { table } from "../table.ts";
import { figureText } from "../trade-lines.ts";

const NO_TRIPS = "none was seen whole, so nothing can be told of activity, time in market and diversity";

export function figureLines({ trades, account, concentration }: FiguresOfTrader): readonly string[] {
  const trade = (name: keyof TradeFigures) => figureText(trades[name], TRADE_DEFINITIONS[name].unit);
  const own = (name: keyof AccountFigures) =>
    figureText(account.figures[name], ACCOUNT_DEFINITIONS[name].unit);
  const told = (name: keyof AccountFigures, text: () => string) =>
    account.figures[name] === null ? `unknown: ${account.why[name] ?? ""}` : text();
  const ofTrips = [
    [
      "activity",
      `${trade("tripsPerDay")} round trips a day, something on ${trade("activeDays")} of the days, longest pause ${trade("longestPauseMs")}`,
    ],
    [
      "in market",
      `${trade("timeInMarket")} of the time with a position; half of the trips last ${trade("holdingMs")} at most`,
    ],
    [
      "diversity",
      `in effect ${trade("effectiveSymbols")} symbols, ${trade("effectiveSides")} of 2 sides, ${trade("effectiveHorizons")} of 4 horizons`,
    ],
    ["most in", `${largestText(concentration.coins)}; by sector ${largestText(concentration.sectors)}`],
  ];
  const ofAccount = [
    [
      "leverage",
      told(
        "meanLeverage",
        () =>
          `${own("meanLeverage")} on average, 95 % of the days up to ${own("highLeverage")}, ${own("maxLeverage")} at most`,
      ),
    ],
    ["top-ups", told("marginTopUps", () => topUpText(account.figures))],
    [
      "capacity",
      told(
        "capacity",
        () =>
          `about ${rounded(account.figures.capacity)} can follow (${rounded(account.figures.capacityMultiple)} times its capital) before the copies' impact on the price takes half of the profit`,
      ),
    ],
    [
      "of market",
      told(
        "volumeShare",
        () =>
          `its largest trips are ${smallShare(account.figures.volumeShare)} of what the market trades in an hour`,
      ),
    ],
  ];
  const rows = [...(trades.trips === 0 ? [["round trips", NO_TRIPS]] : ofTrips), ...ofAccount];
  return [...table([{ title: "HOW IT TRADES" }, { title: "" }], rows, { overflow: "wrap" }), ""];
}

function largestText({ largest }: SectorConcentration): string {
  return largest === null ? "-" : `${largest.sector} ${Math.round(100 * largest.share)} %`;
}

function topUpText({ marginTopUps, marginTopUpAmount, marginTopUpShare }: AccountFigures): string {
  if (marginTopUpShare === null) return "nothing was paid in since the first fill";
  if (marginTopUps === 0) return "none: nothing was paid in while a position was losing";
  return `paid in ${counted(marginTopUps ?? 0, "time")} while a position was losing: ${figureText(marginTopUpAmount, "amount")}, ${figureText(marginTopUpShare, "fraction")} of all that was paid in`;
}

function smallShare(share: number | null): string {
  return share !== null && share < 0.001 ? "under 0.1 %" : figureText(share, "fraction");
}

/** An estimate has no more than two digits. */
function rounded(amount: number | null): string {
  return amount === null ? "-" : Number(amount.toPrecision(2)).toLocaleString("en-US");
}
