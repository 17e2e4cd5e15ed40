/** A search for better options for people: the answer first, then what it stands on, what was chosen when, and the best of the trials. */
import { yearly } from "../analytics/trials/trial-ratio.ts";
import { optionsText } from "../control/search-answer.ts";
import type { SearchReport } from "../control/strategy-search.ts";
import { percentText } from "../reports/figure-text.ts";
import { coloured } from "./output.ts";
import { table, wrapped } from "./table.ts";

const TRIALS_SHOWN = 8;

export function searchLines(report: SearchReport): readonly string[] {
  const { answer } = report;
  return [
    ...wrapped(answer.head).map((line) => coloured("bold", line)),
    ...(answer.yaml === null ? [] : ["", "To have it so, write into the configuration:", "", answer.yaml]),
    "",
    ...findingLines(report),
    "",
    ...foldLines(report),
    "",
    ...trialLines(report),
    "",
    ...basisLines(report),
  ];
}

function findingLines({ answer }: SearchReport): readonly string[] {
  const mark = (holds: boolean | null) =>
    holds === null ? "" : holds ? coloured("green", "yes") : coloured("yellow", "no");
  return table(
    [{ title: "HOLDS" }, { title: "WHAT IS ASKED, AND WHAT CAME OUT" }],
    answer.findings.map(({ holds, text }) => [mark(holds), text]),
    { overflow: "wrap" },
  );
}

function foldLines({ judged, days, trials, isDefault }: SearchReport): readonly string[] {
  const { blocks } = judged.walkForward;
  if (blocks.length === 0) return ["No part of the days could be judged by what came before it."];
  const rows = blocks.map(({ from, until, taught, chosen, sharpe, baseSharpe }) => [
    `${days[from] ?? ""} to ${days[until - 1] ?? ""}`,
    String(taught),
    yearly(sharpe).toFixed(2),
    yearly(baseSharpe).toFixed(2),
    chosenText(trials[chosen]?.options ?? {}, chosen),
  ]);
  const columns = [
    { title: "HELD IN" },
    { title: "AFTER DAYS", align: "right" as const },
    { title: "SHARPE", align: "right" as const },
    { title: isDefault ? "DEFAULT" : "NOW", align: "right" as const },
    { title: "WHAT WAS BEST BEFORE" },
  ];
  return table(columns, rows, { overflow: "wrap" });
}

function chosenText(options: SearchReport["base"], place: number): string {
  return place === 0 ? "as it is" : optionsText(options);
}

/** The best by their Sharpe ratio, and how it is now. */
function trialLines({ trials }: SearchReport): readonly string[] {
  const placed = trials.map((trial, place) => ({ ...trial, place }));
  const best = placed.toSorted((one, other) => other.sharpe - one.sharpe || one.place - other.place);
  const shown = best.filter(({ place }, at) => at < TRIALS_SHOWN || place === 0);
  const columns = [
    { title: "SHARPE", align: "right" as const },
    { title: "RETURN", align: "right" as const },
    { title: "DRAWDOWN", align: "right" as const },
    { title: "P OF ALL", align: "right" as const },
    { title: "OPTIONS" },
  ];
  const rows = shown.map(({ sharpe, totalReturn, maxDrawdown, chance, options, place }) => [
    sharpe.toFixed(2),
    percentText(totalReturn),
    maxDrawdown === null ? "-" : percentText(maxDrawdown),
    place === 0 ? "-" : chance.toFixed(3),
    place === 0 ? coloured("bold", "as it is") : optionsText(options),
  ]);
  const left = trials.length - shown.length;
  return [
    ...table(columns, rows, { overflow: "wrap" }),
    ...(left === 0 ? [] : [`(${left} more; --json has all)`]),
    ...wrapped(
      "Sharpe ratios a year. P of all: how often luck alone puts the best of everything that was tried so far ahead.",
    ),
  ];
}

function basisLines(report: SearchReport): readonly string[] {
  const { judged, trials, combinations, outcomes, searched, purgeDays, embargoDays, ledger, basis } = report;
  const { counts } = judged;
  const tried = `${trials.length - 1} of ${combinations.toLocaleString("en-US")} combinations of ${searched.map(({ option }) => option).join(", ")}`;
  const texts = [
    `tried: ${tried}; ${outcomes} of ${trials.length} trials came to something of their own`,
    `counted: ${counts.now} trials now${counts.earlier === 0 ? "" : ` and ${counts.earlier} of earlier searches of the same traders and time`}, noted in ${ledger}; they are worth ${counts.independent} independent ones (mean correlation ${counts.averageCorrelation?.toFixed(2) ?? "unknown"}). What you tried by hand is not counted`,
    `left out of what teaches: ${purgeDays} days next to each part, as long as positions are held; where later days teach, ${embargoDays} more after it, as far as is looked back`,
    "judged by the Sharpe ratio: to hold more or less of the same makes nothing better or worse",
    "what was chosen forward was lived through in turn, so that changing options cost what it costs",
    `${basis.traders} traders could be chosen, ${basis.active} of them traded in this time; whoever vanished before anybody kept its record is missing (survivorship). What copytrader backtest says of its assumptions holds here, too`,
  ];
  return [coloured("bold", "What this stands on"), ...texts.flatMap((text) => wrapped(`- ${text}.`))];
}
