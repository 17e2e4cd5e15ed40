/** The results of filters for people: who passes first, then what each filter did, then who comes nearest and what is missing. */
import type { FilteredTraders } from "../../control/trader-filters.ts";
import type { FilterResult, TraderJudgement } from "../../traders/filters/judge.ts";
import { coloured } from "../output.ts";
import { table, wrapped } from "../table.ts";
import { asksText, byText, valueText } from "./traders-filter-text.ts";

/** So many of those who do not pass are shown unless all are asked for. */
const NEAREST_SHOWN = 10;
const NAMES_SHOWN = 20;

export interface FilterView {
  /** Traders were named: each is shown with all of its results. */
  readonly named: boolean;
  readonly all: boolean;
  readonly config: string;
}

export function filterLines(found: FilteredTraders, view: FilterView): readonly string[] {
  const { traders, filters } = found;
  const passing = traders.filter(({ passes }) => passes);
  const together = view.named ? traders.length : passing.length;
  if (filters.length === 0)
    return [
      coloured("bold", `${view.config} has no filter of single traders: nobody fails one.`),
      ...setLines(found, together, view),
    ];
  return [
    coloured("bold", headline(found, passing.length, view)),
    ...(passing.length === 0 || view.named ? [] : wrapped(`They are: ${listed(passing)}`)),
    ...setLines(found, together, view),
    "",
    ...(view.named ? traders.flatMap(fullLines) : overviewLines(found, view)),
    ...reservationLines(passing),
    ...wrapped(found.benchmark === null ? LEGEND : `${LEGEND} Beta is measured against ${found.benchmark}.`),
  ];
}

function headline({ traders, filters }: FilteredTraders, passing: number, { config }: FilterView): string {
  const count = filters.length === 1 ? "the one filter" : `all ${filters.length} filters`;
  const verb = passing === 1 || traders.length === 1 ? "passes" : "pass";
  return `${passing} of ${counted(traders.length, "trader")} ${verb} ${count} of ${config}.`;
}

const LEGEND =
  "CANNOT TELL: the figure is not known, for the reason that stands there; that does not count as passed. docs/filters.md says what each filter reads.";

function setLines({ set }: FilteredTraders, together: number, { named }: FilterView): readonly string[] {
  if (set === null) return [];
  const about = `min_strategy_diversity (${asksText(set)}) is about those who are copied together`;
  if (together === 0) return wrapped(`${about}: nobody passes.`);
  const styles = `${counted(set.value ?? 0, "style")}${set.notes.length === 0 ? "" : ` (${set.notes.join("; ")})`}`;
  const found = {
    passed: `passed with ${styles}`,
    failed: `failed with ${styles}, ${byText(set)}`,
    "cannot-tell": `cannot be told: ${set.because}`,
  }[set.result];
  const word = named ? "named" : "passing";
  return wrapped(`${about}, here the ${together === 1 ? "one" : together} ${word}: ${found}.`);
}

/** Of each filter how many came through it, and then those who come nearest. */
function overviewLines({ traders, filters }: FilteredTraders, { all }: FilterView): readonly string[] {
  const columns = [
    { title: "FILTER" },
    { title: "PASSED", align: "right" },
    { title: "FAILED", align: "right" },
    { title: "CANNOT TELL", align: "right" },
    { title: "ASKS" },
  ] as const;
  const rows = filters.map((filter, place) => {
    const count = (word: FilterResult["result"]) =>
      String(traders.filter(({ results }) => results[place]?.result === word).length);
    return [filter.name, count("passed"), count("failed"), count("cannot-tell"), asksText(filter)];
  });
  const others = traders
    .filter(({ passes }) => !passes)
    .toSorted((one, other) => missing(one).length - missing(other).length);
  const shown = all ? others : others.slice(0, NEAREST_SHOWN);
  const rest = others.length - shown.length;
  return [
    ...table(columns, rows, { overflow: "wrap" }),
    "",
    ...(shown.length === 0 ? [] : [...missingTable(shown), ""]),
    ...(rest === 0
      ? []
      : wrapped(
          `and ${rest} more who miss as many or more; --all shows everybody, and naming a trader all of its results`,
        )),
    ...(rest === 0 ? [] : [""]),
  ];
}

function missing({ results }: TraderJudgement): readonly FilterResult[] {
  return results.filter(({ result }) => result !== "passed");
}

function missingTable(traders: readonly TraderJudgement[]): readonly string[] {
  const columns = [
    { title: "DOES NOT PASS" },
    { title: "MISSES", align: "right" },
    { title: "WHAT, AND BY HOW MUCH" },
  ] as const;
  const rows = traders.map((one) => [
    one.trader.trader,
    `${missing(one).length} of ${one.results.length}`,
    missingText(missing(one)),
  ]);
  return table(columns, rows, { overflow: "wrap" });
}

/** What failed one by one; what cannot be told by its reason. */
function missingText(results: readonly FilterResult[]): string {
  const failed = results
    .filter(({ result }) => result === "failed")
    .map((result) =>
      [result.filter, valueText(result), inBrackets(byText(result))].filter(Boolean).join(" "),
    );
  const untold = Map.groupBy(
    results.filter(({ result }) => result === "cannot-tell"),
    ({ because }) => because,
  );
  const reasons = [...untold].map(
    ([because, of]) => `cannot tell ${of.map(({ filter }) => filter).join(", ")}: ${because}`,
  );
  return [failed.join(", "), ...reasons].filter((part) => part !== "").join("; ");
}

function inBrackets(text: string): string {
  return text === "" ? "" : `(${text})`;
}

const RESULTS = {
  passed: () => coloured("green", "passed"),
  failed: () => coloured("red", "failed"),
  "cannot-tell": () => coloured("yellow", "cannot tell"),
} as const;

function fullLines({ trader, passes, results }: TraderJudgement): readonly string[] {
  const columns = [
    { title: "FILTER" },
    { title: "RESULT" },
    { title: "VALUE", align: "right" },
    { title: "ASKS" },
    { title: "BY HOW MUCH, OR WHY" },
  ] as const;
  const rows = results.map((result) => [
    result.filter,
    RESULTS[result.result](),
    valueText(result),
    shortened(asksText(result)),
    [byText(result), result.because ?? "", ...result.notes].filter((part) => part !== "").join("; "),
  ]);
  const head = `${trader.trader} (${trader.venue}) ${passes ? "passes" : "does not pass"}`;
  return [coloured("bold", head), ...table(columns, rows, { overflow: "wrap" }), ""];
}

const ASKS_MAX = 24;

function shortened(text: string): string {
  return text.length <= ASKS_MAX ? text : `${text.slice(0, ASKS_MAX - 3)}...`;
}

/** Each once, with those that it is about. */
function reservationLines(passing: readonly TraderJudgement[]): readonly string[] {
  const all = passing.flatMap((one) => one.reservations.map(({ text }) => ({ text, one })));
  const lines = [...Map.groupBy(all, ({ text }) => text)].map(([text, of]) => {
    const whose = of.length === passing.length ? "all that pass" : listed(of.map(({ one }) => one));
    return `- ${text} (${whose})`;
  });
  return lines.length === 0 ? [] : ["Mind:", ...lines.flatMap((line) => wrapped(line)), ""];
}

function listed(traders: readonly TraderJudgement[]): string {
  const names = traders.map(({ trader }) => trader.trader);
  const rest = names.length - NAMES_SHOWN;
  return rest > 1 ? `${names.slice(0, NAMES_SHOWN).join(", ")} and ${rest} more` : names.join(", ");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
