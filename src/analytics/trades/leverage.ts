/**
 * How much a trader holds for each unit of own capital: exposure over equity. Looks at the account are weighed alike: take them at even
 * distances.
 */

import { quantile } from "../numeric/quantile.ts";
import { mean } from "../numeric/sums.ts";

/** One look at an account; amounts in the quote currency. */
export interface AccountLook {
  readonly equity: number;
  /** Value of all positions, without sign. */
  readonly exposure: number;
}

export interface Leverage {
  /** Null without a look at positive equity. */
  readonly mean: number | null;
  /** 95 % quantile. */
  readonly high: number | null;
  readonly max: number | null;
}

/** Looks without equity have no leverage and are left out: the account is ruined then, which its returns tell. */
export function leverageOf(looks: readonly AccountLook[]): Leverage {
  const ratios = looks.filter(({ equity }) => equity > 0).map(({ equity, exposure }) => exposure / equity);
  return {
    mean: mean(ratios),
    high: quantile(ratios, 0.95),
    max: ratios.length === 0 ? null : ratios.reduce((most, ratio) => Math.max(most, ratio)),
  };
}
