/** Covariances, their shrinking, correlations and linkage against the reference, for 8, 20 and 40 coins. */
import { describe, expect, it } from "vitest";
import {
  centred,
  correlationOf,
  type ShrunkCovariance,
  sampleCovariance,
} from "../../src/analytics/correlation/covariance.ts";
import { correlationDistance, linkage } from "../../src/analytics/correlation/linkage.ts";
import { correlationMatrix } from "../../src/analytics/correlation/matrix.ts";
import { ledoitWolfConstant } from "../../src/analytics/correlation/shrunk-to-constant.ts";
import { ledoitWolfFactor } from "../../src/analytics/correlation/shrunk-to-factor.ts";
import {
  ledoitWolfIdentity,
  oracleApproximating,
} from "../../src/analytics/correlation/shrunk-to-identity.ts";
import { hasShared, sharedNote } from "../shared.ts";
import { bybitReturns, expectClose, golden } from "./golden.ts";

type Matrix = readonly (readonly number[])[];
type Shrinker =
  | "ledoit_wolf_identity"
  | "ledoit_wolf_constant_correlation"
  | "ledoit_wolf_single_factor"
  | "oas";

interface Portfolio {
  readonly sets: readonly {
    readonly id: string;
    readonly input: {
      readonly symbols: readonly string[];
      readonly first_close: string;
      readonly last_close: string;
    };
    readonly covariance_daily: Readonly<Record<Shrinker | "sample", Matrix>>;
    readonly shrinkage: Readonly<Record<Shrinker, number>>;
    readonly correlation: Matrix;
    readonly portfolios: {
      readonly hrp_pypfopt: { readonly linkage_single: readonly (readonly number[])[] };
    };
  }[];
}

const SHRINKERS = {
  ledoit_wolf_identity: ledoitWolfIdentity,
  ledoit_wolf_constant_correlation: ledoitWolfConstant,
  ledoit_wolf_single_factor: ledoitWolfFactor,
  oas: oracleApproximating,
} as const;

function expectMatrix(found: Float64Array, wanted: Matrix, what: string): void {
  for (const [at, value] of wanted.flat().entries()) expectClose(found[at], value, `${what} at ${at}`);
}

describe.skipIf(!hasShared)(`covariances against the reference${sharedNote}`, () => {
  const sets = hasShared ? golden<Portfolio>("portfolio").sets : [];

  it.each(sets.map((one) => [one.id, one] as const))(
    "agree for %s",
    (_, { input, covariance_daily, shrinkage, correlation, portfolios }) => {
      const { symbols, first_close, last_close } = input;
      const series = symbols.map((symbol) => bybitReturns(symbol, first_close, last_close).returns);
      const ready = centred(series);
      const sample = sampleCovariance(ready);
      expectMatrix(sample, covariance_daily.sample, "sample");
      expectMatrix(correlationOf(sample, symbols.length), correlation, "correlation");
      for (const [name, shrink] of Object.entries(SHRINKERS)) {
        const found: ShrunkCovariance = shrink(ready);
        expectClose(found.intensity, shrinkage[name as Shrinker], `${name} intensity`);
        expectMatrix(found.covariance, covariance_daily[name as Shrinker], name);
      }
      const returns = Float64Array.from(series.flatMap((one) => [...one]));
      const quick = correlationMatrix({ returns, days: ready.days });
      expectMatrix(quick, correlation, "quick correlation");
      const merges = linkage(quick.map(correlationDistance), symbols.length, "single");
      const wanted = portfolios.hrp_pypfopt.linkage_single;
      expect(merges.map(({ left, right, size }) => [left, right, size])).toEqual(
        wanted.map(([left, right, , size]) => [left, right, size]),
      );
      for (const [at, { distance }] of merges.entries())
        expectClose(distance, wanted[at]?.[2] ?? null, `merge ${at}`);
    },
  );
});
