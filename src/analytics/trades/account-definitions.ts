/** What each figure of an account and its markets is; the table of docs/evidence.md is this list (a test holds them together). */
import type { TradeDefinition } from "./trade-definitions.ts";

/** Null is undefined. */
export type AccountFigures = Readonly<
  Record<
    | "meanLeverage"
    | "highLeverage"
    | "maxLeverage"
    | "marginTopUps"
    | "marginTopUpAmount"
    | "marginTopUpShare"
    | "capacityMultiple"
    | "capacity"
    | "volumeShare",
    number | null
  >
>;

const TOP_UPS_UNKNOWN =
  "where the source tells no transfers, or it can be told of less than half of what was paid in";

/** In the order in which they are shown. */
export const ACCOUNT_DEFINITIONS: Readonly<Record<keyof AccountFigures, TradeDefinition>> = {
  meanLeverage: {
    label: "Leverage",
    unit: "ratio",
    formula: "mean over the days of the largest value held on the day / capital at its beginning",
    undefinedWhen: "without a stated capital",
    source: "",
  },
  highLeverage: {
    label: "High leverage",
    unit: "ratio",
    formula: "95 % quantile of the same",
    undefinedWhen: "without a stated capital",
    source: "",
  },
  maxLeverage: {
    label: "Highest leverage",
    unit: "ratio",
    formula: "largest of the same",
    undefinedWhen: "without a stated capital",
    source: "",
  },
  marginTopUps: {
    label: "Margin top-ups",
    unit: "count",
    formula:
      "payments into the account, from the first fill on, while a position was open at a loss by marks",
    undefinedWhen: TOP_UPS_UNKNOWN,
    source: "",
  },
  marginTopUpAmount: {
    label: "Topped up",
    unit: "amount",
    formula: "sum of these",
    undefinedWhen: TOP_UPS_UNKNOWN,
    source: "",
  },
  marginTopUpShare: {
    label: "Topped up, share",
    unit: "fraction",
    formula: "the same / all that was paid in from the first fill on",
    undefinedWhen: `${TOP_UPS_UNKNOWN}, or where nothing was paid in`,
    source: "",
  },
  capacityMultiple: {
    label: "Capacity, multiple",
    unit: "ratio",
    formula:
      "how many times its own size can follow before the impact of the copies takes half of its profit: (profit / (2 x sum of value x (impact at entry + impact at exit)))^2, impact = deviation of the bar x sqrt(largest size / volume of the bar)",
    undefinedWhen: "without a profit, or where bars with volume are known for less than half of the value",
    source: "Toth 2011, Almgren 2005",
  },
  capacity: {
    label: "Capacity",
    unit: "amount",
    formula: "the same x its capital, stated or assumed",
    undefinedWhen: "where the multiple is",
    source: "Toth 2011, Almgren 2005",
  },
  volumeShare: {
    label: "Share of the market",
    unit: "fraction",
    formula: "90 % quantile of largest size of a trip / volume of an hour at its entry",
    undefinedWhen: "where bars with volume are known for less than half of the value",
    source: "",
  },
};
