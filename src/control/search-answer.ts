/** What a search for better options comes to, in plain words: the answer, and of each thing that had to hold whether it does. */
import {
  type Check,
  type CheckName,
  type DeflatedBest,
  JUDGED_DAYS_MIN,
  type JudgedTrials,
  type TrialCounts,
} from "../analytics/trials/judged-trials.ts";
import { yearly } from "../analytics/trials/trial-ratio.ts";
import type { OptionSet } from "../strategies/candidates.ts";

/** `better-unproven`: better than what is there, which may earn nothing all the same. */
export type Verdict = "better" | "better-unproven" | "nothing-better" | "too-little-known";

export interface SearchAnswer {
  readonly verdict: Verdict;
  /** One sentence, or two. */
  readonly head: string;
  readonly findings: readonly Finding[];
  /** What to write into the configuration; null where nothing is to be changed. */
  readonly yaml: string | null;
}

/** `holds` is null of what is only told. */
export interface Finding {
  readonly check: CheckName | "cross-validation" | "overfitting";
  readonly holds: boolean | null;
  readonly text: string;
}

export interface Answered {
  readonly strategy: string;
  readonly isDefault: boolean;
  /** Of each trial: what differs from the base. */
  readonly options: readonly OptionSet[];
  readonly judged: JudgedTrials;
}

export function searchAnswer(answered: Answered): SearchAnswer {
  const { strategy, options, judged } = answered;
  const verdict = verdictOf(judged);
  const isBetter = verdict === "better" || verdict === "better-unproven";
  return {
    verdict,
    head: headOf(verdict, answered),
    findings: findingsOf(answered),
    yaml: isBetter ? yamlOf(strategy, options[judged.best] ?? {}) : null,
  };
}

function verdictOf({ isBetter, isProven, isLongEnough }: JudgedTrials): Verdict {
  if (isBetter) return isProven ? "better" : "better-unproven";
  return isLongEnough ? "nothing-better" : "too-little-known";
}

function headOf(verdict: Verdict, { strategy, isDefault, options, judged }: Answered): string {
  const base = baseName(isDefault);
  const { best, walkForward, days } = judged;
  const better = `${strategy} is better with ${optionsText(options[best] ?? {})} than with ${base}.`;
  switch (verdict) {
    case "better":
      return better;
    case "better-unproven":
      return `${better} Whether it earns anything is another question: luck could show as much (its deflated Sharpe ratio is not above 0.95).`;
    case "nothing-better":
      return `Nothing beats ${base}: leave the options of ${strategy} as they are.`;
    case "too-little-known":
      return `Nothing is known to beat ${base}: leave the options of ${strategy} as they are. Of ${days} days ${walkForward.ahead?.days ?? 0} could be judged by what came before them, and ${JUDGED_DAYS_MIN} are needed.`;
  }
}

function baseName(isDefault: boolean): string {
  return isDefault ? "the default" : "what is configured";
}

function findingsOf(answered: Answered): readonly Finding[] {
  const { judged } = answered;
  const { crossValidated, overfitting } = judged;
  return [
    ...judged.checks.map((check) => ({ ...check, text: checkText(check, answered) })),
    {
      check: "cross-validation",
      holds: null,
      text:
        crossValidated === null
          ? "cross-validation: the same, as no later day may teach about an earlier one: strategies look further back than there are days"
          : `cross-validation, where later days teach, too: ${aheadText(crossValidated, baseName(answered.isDefault))}`,
    },
    {
      check: "overfitting",
      holds: null,
      text:
        overfitting === null
          ? "probability of overfitting: too few days to part them into halves"
          : `probability of overfitting ${percent(overfitting.probability)}: so often the best of one half of the days was not above the middle of all on the other half (${overfitting.partings} ways to part them; chance gives half)`,
    },
  ];
}

function checkText({ check }: Check, { isDefault, options, judged }: Answered): string {
  const { best, counts, deflated, sharpes, chances, walkForward } = judged;
  const base = baseName(isDefault);
  const ofBest = ratio(sharpes[best]);
  switch (check) {
    case "another-than-default":
      return best === 0
        ? `${base} itself had the highest Sharpe ratio of ${counts.now} sets of options: ${ofBest} a year`
        : `the best of ${counts.now} sets of options, ${optionsText(options[best] ?? {})}, had a Sharpe ratio of ${ofBest} a year, ${base} ${sharpes[0] === 0 ? "held nothing" : ratio(sharpes[0])}`;
    case "walk-forward":
      return `walk-forward: ${aheadText(walkForward, base)}`;
    case "best-of-all":
      return `luck alone puts the best of ${counts.all} trials${earlierText(judged)} at least so far ahead of ${base} in ${percent(chances[best] ?? 1)} of all cases; less than 5 % would count`;
    case "deflated-sharpe":
      return deflated === null
        ? "deflated Sharpe ratio: the best never gained or lost anything"
        : deflatedText(deflated, counts);
  }
}

function deflatedText(deflated: DeflatedBest, { all, independent }: TrialCounts): string {
  const { byAll, byIndependent, luckiestOfAll, luckiestOfIndependent, asPublished } = deflated;
  const { spreadOfTrials, spreadOfLuck } = deflated;
  const wider =
    spreadOfTrials > spreadOfLuck
      ? `. The trials lie further apart than luck spreads them; by their own spread, as the ratio was published, it would be ${probability(asPublished)}`
      : "";
  return `deflated Sharpe ratio ${probability(byAll)}, above 0.95 would count: the luckiest of ${all} trials without skill would show a Sharpe ratio of ${ratio(luckiestOfAll)} a year. These are so alike that all are worth ${independent} independent ones: by those it would be ${probability(byIndependent)} (${ratio(luckiestOfIndependent)})${wider}`;
}

function earlierText({ counts: { earlier } }: JudgedTrials): string {
  return earlier === 0 ? "" : ` (${earlier} of them of earlier searches)`;
}

function aheadText({ blocks, ahead }: JudgedTrials["walkForward"], base: string): string {
  if (ahead === null || ahead.sharpeAhead === null)
    return `nothing can be told of ${blocks.length} folds, as there are too few days before them or nothing was gained or lost`;
  if (blocks.every(({ chosen }) => chosen === 0))
    return `in all ${blocks.length} folds ${base} itself was best on the days before`;
  const interval = ahead.sharpeInterval;
  const range = interval === null ? "unknown" : `${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}`;
  const side = ahead.sharpeAhead < 0 ? "below" : "above";
  return `what was best on the days before had a Sharpe ratio ${Math.abs(ahead.sharpeAhead).toFixed(2)} ${side} that of ${base} in ${blocks.length} folds of ${ahead.days} days (95 % interval of what it is above: ${range}; all of it above zero would count)`;
}

/** `max_traders 5, correlation_limit off`. */
export function optionsText(options: OptionSet): string {
  const texts = Object.entries(options).map(([name, value]) => `${name} ${value ?? "off"}`);
  return texts.length === 0 ? "nothing changed" : texts.join(", ");
}

function yamlOf(strategy: string, options: OptionSet): string {
  const lines = Object.entries(options).map(([name, value]) => `    ${name}: ${value ?? "off"}`);
  return ["strategies:", `  ${strategy}:`, ...lines].join("\n");
}

function ratio(perDay: number | undefined): string {
  return yearly(perDay ?? 0).toFixed(2);
}

function probability(value: number | null): string {
  return value === null ? "unknown" : value.toFixed(3);
}

function percent(share: number): string {
  const percents = 100 * share;
  return `${percents < 10 ? percents.toFixed(1) : percents.toFixed(0)} %`;
}
