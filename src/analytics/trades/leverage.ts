/**
 * How much a trader holds for each unit of own capital, and whether margin was topped up to keep losing positions alive.
 */
import { quantile } from "../numeric/quantile.ts";

/** One look at an account; amounts in the quote currency. */
export interface AccountLook {
  readonly atMs: number;
  readonly equity: number;
  /** Value of all positions, without sign. */
  readonly exposure: number;
}

export interface Leverage {
  /** Exposure over equity; null without a look at positive equity. */
  readonly mean: number | null;
  readonly high: number | null;
  readonly max: number | null;
  /** Share of looks at which equity was zero or below with a position open. */
  readonly ruined: number | null;
}

/** Looks are weighed alike: take them at even distances. `high` is the 95 % quantile. */
export function leverageOf(looks: readonly AccountLook[]): Leverage {
  const ratios = looks.filter(({ equity }) => equity > 0).map(({ equity, exposure }) => exposure / equity);
  const ruined = looks.filter(({ equity, exposure }) => equity <= 0 && exposure > 0).length;
  return {
    mean: ratios.length === 0 ? null : ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length,
    high: quantile(ratios, 0.95),
    max: ratios.length === 0 ? null : ratios.reduce((most, ratio) => Math.max(most, ratio)),
    ruined: looks.length === 0 ? null : ruined / looks.length,
  };
}

/** Capital that came in (positive) or went out. */
export interface Transfer {
  readonly atMs: number;
  readonly amount: number;
}

/** A time in which open positions were losing. */
export interface LosingSpell {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface TopUps {
  readonly count: number;
  /** In the quote currency. */
  readonly amount: number;
  /** Of what came in, the share that came in while positions were losing; null where nothing came in. */
  readonly share: number | null;
}

export function topUpsOf(transfers: readonly Transfer[], spells: readonly LosingSpell[]): TopUps {
  const deposits = transfers.filter(({ amount }) => amount > 0);
  const losing = deposits.filter(({ atMs }) =>
    spells.some(({ fromMs, untilMs }) => atMs >= fromMs && atMs <= untilMs),
  );
  const sum = (of: readonly Transfer[]) => of.reduce((total, { amount }) => total + amount, 0);
  const all = sum(deposits);
  return { count: losing.length, amount: sum(losing), share: all === 0 ? null : sum(losing) / all };
}
