/**
 * Whether what was learned chooses better than the simple ranking: at each period's beginning a model is made from what had come out by then, both
 * choose, and both are held to its end. It is better only where the interval of the difference of the Sharpe ratios lies above zero.
 */
import { type Compared, comparedReturns } from "../analytics/walk-forward/comparison.ts";
import { heldCount, heldReturns, type Period } from "../analytics/walk-forward/holding.ts";
import { type Example, examplesOf, type LearningCandidate, type LearningPeriod } from "./example.ts";
import { bestPenalty } from "./penalty.ts";
import { fitRidge, predicted, type RidgeModel } from "./ridge.ts";

export interface LearningOptions {
  /** So many are held at most. */
  readonly top: number;
  readonly resamples: number;
  readonly seed: number;
}

/** Fewer of either teach nothing that could be told from chance. */
export const EXAMPLES_MIN = 30;
export const JUDGED_MIN = 6;
const CANDIDATES_MIN = 4;

export interface Judgement {
  /** Periods in which a model could be made and there was something to choose. */
  readonly periods: number;
  readonly examples: number;
  /** The model's choice against the baseline's; null without periods. */
  readonly ahead: Compared | null;
  readonly isBetter: boolean;
  /** A sentence without its full stop. */
  readonly reason: string;
}

export interface Learned<Candidate extends LearningCandidate> {
  readonly judgement: Judgement;
  readonly choices: readonly Choice<Candidate>[];
  /** From everything that is known; null where it is too little. */
  readonly model: RidgeModel | null;
}

/** Who was held in one period. */
export interface Choice<Candidate extends LearningCandidate> {
  readonly days: number;
  readonly byModel: readonly Candidate[];
  readonly byBaseline: readonly Candidate[];
}

/** Of the periods in which a model could be made and there was something to choose. */
function choicesIn<Candidate extends LearningCandidate>(
  periods: readonly Period<Candidate>[],
  top: number,
): readonly Choice<Candidate>[] {
  return periods.flatMap((period) => {
    const { days, candidates } = period;
    const examples = before(periods, period);
    if (candidates.length < CANDIDATES_MIN || examples.length < EXAMPLES_MIN) return [];
    const held = (order: readonly Candidate[]) => order.slice(0, heldCount(candidates.length, top));
    return [
      { days, byModel: held(orderedBy(modelFrom(examples, days), candidates)), byBaseline: held(candidates) },
    ];
  });
}

/** `periods`: oldest first, and none begins before another ends. */
export function learnFrom<Candidate extends LearningCandidate>(
  periods: readonly Period<Candidate>[],
  options: LearningOptions,
): Learned<Candidate> {
  const choices = choicesIn(periods, options.top);
  const returns = (held: (choice: Choice<Candidate>) => readonly Candidate[]) =>
    Float64Array.from(choices.flatMap((choice) => [...heldReturns(held(choice), choice.days)]));
  const [learned, baseline] = [returns(({ byModel }) => byModel), returns(({ byBaseline }) => byBaseline)];
  const ahead = comparedReturns(learned, baseline, { ...options, confidence: 0.95 });
  const examples = periods.flatMap(examplesOf);
  const isBetter = choices.length >= JUDGED_MIN && (ahead?.sharpeInterval?.[0] ?? 0) > 0;
  const found = { periods: choices.length, examples: examples.length, ahead, isBetter };
  return {
    judgement: { ...found, reason: reasonOf(found) },
    choices,
    model: examples.length < EXAMPLES_MIN ? null : modelFrom(examples, periods[0]?.days ?? 0),
  };
}

/** What had come out when the period began. */
function before(periods: readonly LearningPeriod[], { beginDay }: LearningPeriod): readonly Example[] {
  return periods.filter((one) => one.beginDay + one.days <= beginDay).flatMap(examplesOf);
}

function modelFrom(examples: readonly Example[], embargoDays: number): RidgeModel {
  return fitRidge(examples, bestPenalty(examples, embargoDays));
}

/** Of equals the one first that the baseline has first. */
function orderedBy<Candidate extends LearningCandidate>(
  model: RidgeModel,
  candidates: readonly Candidate[],
): readonly Candidate[] {
  const scored = candidates.map((candidate) => ({ candidate, score: predicted(model, candidate.features) }));
  return scored.sort((one, other) => other.score - one.score).map(({ candidate }) => candidate);
}

function reasonOf({ periods, examples, ahead, isBetter }: Omit<Judgement, "reason">): string {
  if (periods < JUDGED_MIN)
    return `only ${periods} periods could be judged, and ${JUDGED_MIN} are needed; a model takes ${EXAMPLES_MIN} examples, and ${examples} are known`;
  const interval = ahead?.sharpeInterval ?? null;
  if (ahead === null || ahead.sharpeAhead === null || interval === null)
    return "one of the two never gained or lost anything, so that they cannot be compared";
  const range = `${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}`;
  const side = ahead.sharpeAhead < 0 ? "below" : "above";
  const by = Math.abs(ahead.sharpeAhead).toFixed(2);
  const what = `its choice had a Sharpe ratio ${by} ${side} the simple ranking's over ${periods} periods, ${ahead.days} days`;
  return `${what} (95 % interval of what it is above: ${range}${isBetter ? "" : ", which does not lie above zero"})`;
}
