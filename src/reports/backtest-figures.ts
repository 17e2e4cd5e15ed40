/** What a backtest shows of each strategy: the same on the terminal and on the page. */
import type { FigureName } from "../analytics/metrics/definitions.ts";
import { percentText } from "./figure-text.ts";

export interface LivedAccount {
  /** UTC days that were lived through. */
  readonly days: readonly string[];
  readonly equityTo: number;
  readonly hourlyDrawdown: number;
  readonly exposure: { readonly grossMean: number; readonly grossMax: number; readonly netMean: number };
  readonly turnover: number;
  readonly hurdle: { readonly ofEquityPerDay: number | null; readonly ofValueTraded: number | null };
  readonly happenings: {
    readonly leaderFills: number;
    readonly orders: number;
    readonly fills: number;
    readonly rejections: number;
    readonly liquidations: number;
    readonly fees: number;
    readonly funding: number;
  };
}

interface AccountRow {
  readonly label: string;
  text(account: LivedAccount): string;
}

export const EQUITY_ROW: AccountRow = {
  label: "Equity at the end, USDT",
  text: ({ equityTo }) => equityTo.toFixed(2),
};

export const ACCOUNT_ROWS: readonly AccountRow[] = [
  { label: "Deepest draw-down (hours)", text: ({ hourlyDrawdown }) => percentText(hourlyDrawdown) },
  { label: "Held on average, x equity", text: ({ exposure }) => exposure.grossMean.toFixed(2) },
  { label: "Held at most, x equity", text: ({ exposure }) => exposure.grossMax.toFixed(2) },
  { label: "Long less short, x equity", text: ({ exposure }) => exposure.netMean.toFixed(2) },
  { label: "Turnover, x equity", text: ({ turnover }) => turnover.toFixed(1) },
  { label: "Fees, USDT", text: ({ happenings }) => happenings.fees.toFixed(2) },
  { label: "Funding received, USDT", text: ({ happenings }) => happenings.funding.toFixed(2) },
  {
    label: "To earn back a day, of equity",
    text: ({ hurdle }) => fineText(hurdle.ofEquityPerDay, 100, " %"),
  },
  {
    label: "To earn back, of value traded",
    text: ({ hurdle }) => fineText(hurdle.ofValueTraded, 10_000, " bp"),
  },
  { label: "Leaders' fills heard of", text: ({ happenings }) => String(happenings.leaderFills) },
  { label: "Orders, fills", text: ({ happenings }) => `${happenings.orders}, ${happenings.fills}` },
  { label: "Refused by the exchange", text: ({ happenings }) => String(happenings.rejections) },
  { label: "Liquidation fills", text: ({ happenings }) => String(happenings.liquidations) },
];

export const EARN_BACK_NOTE =
  "To earn back: fees less funding received, what leaders have to make each day, or on each value traded, before anything is left; spread and impact are in the prices already";

function fineText(value: number | null, factor: number, unit: string): string {
  return value === null ? "-" : `${(value * factor).toFixed(3).replace(/^-(0(?:\.0+)?)$/, "$1")}${unit}`;
}

/** Null where nothing of the kind happened. */
export function liquidationText({
  liquidations,
}: Pick<LivedAccount["happenings"], "liquidations">): string | null {
  if (liquidations === 0) return null;
  const fills = liquidations === 1 ? "one fill" : `${liquidations} fills`;
  return `The exchange liquidated it (${fills} that no order asked for): losses end at what there was, and little is left to copy with`;
}

const FIGURES: readonly (readonly [FigureName, string])[] = [
  ["total_return", "Return"],
  ["cagr", "Return a year"],
  ["annual_volatility", "Volatility a year"],
  ["sharpe", "Sharpe ratio a year"],
  ["sortino", "Sortino ratio a year"],
  ["max_drawdown", "Deepest draw-down (days)"],
];

const A_YEAR: ReadonlySet<FigureName> = new Set(["cagr", "annual_volatility", "sharpe", "sortino"]);

/** Name and label; of fewer than `daysMin` days those of a year would only look like figures. */
export function figuresOf(
  accounts: readonly LivedAccount[],
  daysMin: number,
): readonly (readonly [FigureName, string])[] {
  const isLong = accounts.every(({ days }) => days.length >= daysMin);
  return FIGURES.filter(([name]) => isLong || !A_YEAR.has(name));
}

const UNMEASURED_SHOWN = 10;

/** Whom the limits of the portfolio's risk did not know at some decision; "" where they knew all. */
export function unmeasuredText(decisions: readonly { readonly unmeasured: readonly string[] }[]): string {
  const names = [...new Set(decisions.flatMap(({ unmeasured }) => unmeasured))];
  if (names.length === 0) return "";
  const shown = names.slice(0, UNMEASURED_SHOWN).join(", ");
  const more = names.length > UNMEASURED_SHOWN ? ` and ${names.length - UNMEASURED_SHOWN} more` : "";
  return `At some decision the records of ${shown}${more} were too short for the limits of the portfolio's risk: without_evidence says what these do then.`;
}
