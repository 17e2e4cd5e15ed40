/** Weights for people: each name with its share of the money and of the risk beside equal weight, then what both come to. */
import type { FoundWeights, PortfolioFigures, Weighting } from "../analytics/portfolio/request.ts";
import { table, wrapped } from "./table.ts";

const NAME_MAX = 24;
/** Names with weights are shown up to so many, the largest first. */
const NAMES_SHOWN = 60;

export function weightLines(found: FoundWeights, period: string): readonly string[] {
  const { names, method, covariance, shrinkage, weights, notes } = found;
  const drawn = shrinkage === null ? "" : ` (${(100 * shrinkage).toFixed(1)} % drawn to its target)`;
  const held = names
    .map((name, at) => ({ name, at, weight: weights[at] ?? 0 }))
    .filter(({ weight }) => weight !== 0)
    .toSorted((one, other) => other.weight - one.weight);
  const shown = held.slice(0, NAMES_SHOWN);
  const without = names.length - held.length;
  return [
    ...wrapped(`${method} over ${period}; covariance ${covariance}${drawn}.`),
    "",
    ...table(
      columns("Name", ["Weight", "Of the risk", "Equal weight", "Of the risk"]),
      shown.map(({ name, at }) => [
        shortened(name),
        percent(weights[at] ?? null),
        percent(found.riskContributions[at] ?? null),
        percent(found.equalWeight.weights[at] ?? null),
        percent(found.equalWeight.riskContributions[at] ?? null),
        "",
      ]),
    ),
    ...(held.length > shown.length
      ? [`... and ${held.length - shown.length} smaller ones; --json has all.`]
      : []),
    ...(without === 0 ? [] : [`${without} of ${names.length} names have nothing.`]),
    "",
    ...table(columns("", ["These weights", "Equal weight"]), figureRows(found)),
    ...notes.flatMap((note) => ["", ...wrapped(`Note: ${note}.`)]),
  ];
}

function columns(first: string, titles: readonly string[]) {
  return [{ title: first }, ...titles.map((title) => ({ title, align: "right" as const })), { title: "" }];
}

function figureRows(found: FoundWeights): readonly (readonly string[])[] {
  const { figures, equalWeight } = found;
  const row = (label: string, text: (one: PortfolioFigures) => string) => [
    label,
    text(figures),
    text(equalWeight.figures),
    "",
  ];
  const both = (label: string, text: (one: Weighting) => string) => [
    label,
    text(found),
    text(equalWeight),
    "",
  ];
  const turnover = found.turnover === null ? [] : [both("Bought and sold", (one) => percent(one.turnover))];
  const cash = found.cash === 0 ? [] : [["Stays as money", percent(found.cash), percent(0), ""]];
  return [
    both(`Objective: ${found.objectiveName}`, ({ objective }) => objective?.toPrecision(6) ?? "-"),
    row("Volatility a year", ({ annualVolatility }) => percent(annualVolatility)),
    row("Mean return a year", ({ annualMeanReturn }) => percent(annualMeanReturn)),
    row("Sharpe ratio", ({ annualSharpe }) => annualSharpe?.toFixed(2) ?? "-"),
    row("Worst 5 % of rows lose", ({ cvar95Loss }) => percent(cvar95Loss)),
    row("Diversification ratio", ({ diversificationRatio }) => diversificationRatio?.toFixed(2) ?? "-"),
    row("Names in effect", ({ effectiveNames }) => effectiveNames.toFixed(1)),
    ...turnover,
    ...cash,
  ];
}

function percent(value: number | null): string {
  return value === null ? "-" : `${(100 * value).toFixed(2)} %`;
}

function shortened(name: string): string {
  return name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1)}…` : name;
}
