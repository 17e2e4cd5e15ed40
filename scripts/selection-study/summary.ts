/** What many trials come to: means over populations with their standard errors, and differences of rules on the same populations. */
import { RULE_TITLES, type RuleName, SINGLE_FIGURES } from "./rules.ts";
import type { FindName, Finds, TopTen, Trial } from "./trial.ts";

/** Of one value per population. */
export interface Estimate {
  readonly mean: number;
  /** Standard error of the mean; NaN of one population. */
  readonly error: number;
}

export interface RuleSummary {
  readonly rule: RuleName;
  readonly among: "candidates" | "leaderboard";
  /** True Sharpe ratio of the ten, a year. */
  readonly meanTrue: Estimate;
  /** Of the careful ranking, above this rule's, on the same populations. */
  readonly carefulAhead: Estimate;
  /** What the ten best candidates have more. */
  readonly regret: Estimate;
  readonly losing: Estimate;
  readonly ladders: Estimate;
  readonly hands: Estimate;
}

export interface TrialsSummary {
  readonly populations: number;
  readonly candidates: number;
  readonly best: Estimate;
  readonly everybody: Estimate;
  readonly rules: readonly RuleSummary[];
  readonly bounds: readonly BoundSummary[];
  readonly finds: readonly FindSummary[];
}

export interface BoundSummary {
  readonly of: string;
  readonly records: number;
  readonly underLower: number;
  readonly aboveUpper: number;
}

export interface FindSummary {
  readonly name: FindName;
  readonly found: number;
  /** Mean over populations of the wrong share of what was found, none where nothing was: what a q-value limits. */
  readonly wrongShare: Estimate;
}

export function summaryOf(trials: readonly Trial[]): TrialsSummary {
  const over = (value: (trial: Trial) => number) => estimateOf(trials.map(value));
  const rows = [
    ...(["careful", ...SINGLE_FIGURES] as const).map((rule) => ({ rule, among: "candidates" as const })),
    ...SINGLE_FIGURES.map((rule) => ({ rule, among: "leaderboard" as const })),
  ];
  return {
    populations: trials.length,
    candidates: over(({ candidates }) => candidates).mean,
    best: over(({ best }) => best),
    everybody: over(({ everybody }) => everybody),
    rules: rows.map(({ rule, among }) => {
      const ten = (trial: Trial): TopTen => (among === "candidates" ? trial.tops : trial.leaderboards)[rule];
      return {
        rule,
        among,
        meanTrue: over((trial) => ten(trial).meanTrue),
        carefulAhead: over((trial) => trial.tops.careful.meanTrue - ten(trial).meanTrue),
        regret: over((trial) => trial.best - ten(trial).meanTrue),
        losing: over((trial) => ten(trial).losing),
        ladders: over((trial) => ten(trial).ladders),
        hands: over((trial) => ten(trial).hands),
      };
    }),
    bounds: (["ordinary", "ladder", "top ten"] as const).map((of) => boundsOf(of, trials)),
    finds: (["q 0.05", "q 0.1", "q 0.2", "skill-likely", "losing"] as const).map((name) =>
      findsOf(
        name,
        trials.map((trial) => trial.finds[name]),
      ),
    ),
  };
}

export function estimateOf(values: readonly number[]): Estimate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

function boundsOf(of: "ordinary" | "ladder" | "top ten", trials: readonly Trial[]): BoundSummary {
  const parts = trials.map(({ calibration }) => calibration[of]);
  const sum = (value: (part: (typeof parts)[number]) => number) =>
    parts.reduce((total, part) => total + value(part), 0);
  const records = sum((part) => part.records);
  return {
    of,
    records,
    underLower: sum((part) => part.underLower) / records,
    aboveUpper: sum((part) => part.aboveUpper) / records,
  };
}

function findsOf(name: FindName, finds: readonly Finds[]): FindSummary {
  return {
    name,
    found: finds.reduce((sum, { found }) => sum + found, 0),
    wrongShare: estimateOf(finds.map(({ found, wrong }) => (found === 0 ? 0 : wrong / found))),
  };
}

/** Markdown, as it stands in the documentation. */
export function summaryLines(summary: TrialsSummary): readonly string[] {
  const { rules, bounds, finds } = summary;
  return [
    `${summary.populations} populations, ${summary.candidates.toFixed(0)} candidates each; true Sharpe ratio of all candidates ${told(summary.everybody)}, of the ten best ${told(summary.best)}`,
    "",
    "| Top ten by | true Sharpe | careful is ahead by | regret | truly losing | one loss takes all | hands |",
    "|---|---:|---:|---:|---:|---:|---:|",
    ...rules.map((row) =>
      cells([
        `${RULE_TITLES[row.rule]}${row.among === "leaderboard" ? ", leaderboard" : ""}`,
        told(row.meanTrue),
        row.rule === "careful" ? "" : told(row.carefulAhead),
        row.regret.mean.toFixed(2),
        percent(row.losing.mean),
        percent(row.ladders.mean),
        row.hands.mean.toFixed(1),
      ]),
    ),
    "",
    "| Bounds of | records | true ratio under the lower | above the upper |",
    "|---|---:|---:|---:|",
    ...bounds
      .filter(({ records }) => records > 0)
      .map(({ of, records, underLower, aboveUpper }) =>
        cells([of, String(records), percent(underLower), percent(aboveUpper)]),
      ),
    "",
    "| Said of a record | how often | wrong |",
    "|---|---:|---:|",
    ...finds.map(({ name, found, wrongShare }) =>
      cells([
        FIND_TITLES[name],
        String(found),
        `${percent(wrongShare.mean)} ± ${(100 * wrongShare.error).toFixed(1)}`,
      ]),
    ),
  ];
}

const FIND_TITLES: Readonly<Record<FindName, string>> = {
  "q 0.05": "q-value at most 0.05",
  "q 0.1": "q-value at most 0.1",
  "q 0.2": "q-value at most 0.2",
  "skill-likely": "`skill-likely`",
  losing: "`losing`",
};

function cells(values: readonly string[]): string {
  return `| ${values.join(" | ")} |`;
}

function told({ mean, error }: Estimate): string {
  return `${mean.toFixed(2)} ± ${error.toFixed(2)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
}
