/**
 * The penalty that predicts best what was not learned from: parts of the time are left out in turn. Purged: whoever's outcome overlaps the part that is
 * left out teaches nothing; embargoed: nor does who lies within a period of it, as days of a record go on into the next features.
 *
 * Source: M. Lopez de Prado, Advances in Financial Machine Learning, 2018, chapter 7.
 */
import type { Example } from "./example.ts";
import { fitRidge, predicted } from "./ridge.ts";

export const PENALTIES = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30] as const;
const FOLDS = 5;

/** The strongest where nothing can be tried. `embargoDays` on both sides of each part. */
export function bestPenalty(examples: readonly Example[], embargoDays: number): number {
  const folds = purgedFolds(examples, embargoDays);
  const errors = PENALTIES.map((penalty) => ({ penalty, error: errorOf(folds, penalty) }));
  const strongest = { penalty: Math.max(...PENALTIES), error: Number.POSITIVE_INFINITY };
  return errors.reduce((best, next) => (next.error < best.error ? next : best), strongest).penalty;
}

export interface Fold {
  readonly training: readonly Example[];
  readonly trial: readonly Example[];
}

/** Without those in which one side is empty. */
export function purgedFolds(examples: readonly Example[], embargoDays: number): readonly Fold[] {
  const begins = [...new Set(examples.map(({ beginDay }) => beginDay))].sort((one, other) => one - other);
  const size = Math.ceil(begins.length / FOLDS);
  const parts = Array.from({ length: FOLDS }, (_, fold) => begins.slice(fold * size, (fold + 1) * size));
  return parts
    .map((part) => {
      const trial = examples.filter(({ beginDay }) => part.includes(beginDay));
      const from = Math.min(...trial.map(({ beginDay }) => beginDay)) - embargoDays;
      const until = Math.max(...trial.map(({ endDay }) => endDay)) + embargoDays;
      return { trial, training: examples.filter((one) => one.endDay <= from || one.beginDay >= until) };
    })
    .filter(({ training, trial }) => training.length > 0 && trial.length > 0);
}

/** Mean of squared errors over all that were left out; not a number where nothing was. */
function errorOf(folds: readonly Fold[], penalty: number): number {
  const errors = folds.flatMap(({ training, trial }) => {
    const model = fitRidge(training, penalty);
    return trial.map(({ features, target }) => (predicted(model, features) - target) ** 2);
  });
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}
