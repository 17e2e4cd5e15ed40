/** Covariances by name, as the reference names them; per row. The estimators themselves are in `correlation/`. */
import { centred, type ShrunkCovariance, sampleCovariance } from "../correlation/covariance.ts";
import { ledoitWolfConstant } from "../correlation/shrunk-to-constant.ts";
import { ledoitWolfFactor } from "../correlation/shrunk-to-factor.ts";
import { ledoitWolfIdentity, oracleApproximating } from "../correlation/shrunk-to-identity.ts";
import { decayOfSpan, weightedCovariance } from "../correlation/weighted.ts";
import type { CovarianceName } from "./request.ts";

const RISK_METRICS = 0.94;
const SPAN = 180;

export interface Covariances {
  /** Symmetric, row after row, in the order of the series. */
  readonly matrix: Float64Array;
  /** Share of the target in a shrunk one. */
  readonly shrinkage: number | null;
}

/** Throws a RangeError where the series have different lengths or fewer than two rows. */
export function covariancesOf(name: CovarianceName, series: readonly Float64Array[]): Covariances {
  const ready = centred(series);
  switch (name) {
    case "sample":
      return plain(sampleCovariance(ready));
    case "ledoit_wolf_identity":
      return shrunk(ledoitWolfIdentity(ready));
    case "ledoit_wolf_constant_correlation":
      return shrunk(ledoitWolfConstant(ready));
    case "ledoit_wolf_single_factor":
      return shrunk(ledoitWolfFactor(ready));
    case "oas":
      return shrunk(oracleApproximating(ready));
    case "ewma_lambda_0.94_zero_mean":
      return plain(weightedCovariance({ rows: series, days: ready.days }, RISK_METRICS));
    case "ewma_span_180_demeaned":
      return plain(weightedCovariance(ready, decayOfSpan(SPAN)));
  }
}

function plain(matrix: Float64Array): Covariances {
  return { matrix, shrinkage: null };
}

function shrunk({ covariance, intensity }: ShrunkCovariance): Covariances {
  return { matrix: covariance, shrinkage: intensity };
}
