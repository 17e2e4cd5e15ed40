/**
 * Records of daily returns in the order of what they prove: by a lower bound of the Sharpe ratio that is left when each is drawn towards
 * the others, never by the ratio itself. Everybody who was ever looked at counts, also those whose record gives no figure.
 */
import { momentsOf } from "../metrics/moments.ts";
import { deflatedSharpe, expectedMaximum } from "../selection/deflated-sharpe.ts";
import { benjaminiHochberg } from "../selection/false-discovery.ts";
import { meanAboveZero } from "../selection/mean-test.ts";
import { minimumTrackRecord, probabilisticSharpe } from "../selection/probabilistic-sharpe.ts";
import { type SharpeStatistics, sharpeStatistics } from "../selection/sharpe-statistics.ts";
import { type Drawn, drawnTogether } from "./drawn-together.ts";

export const DAYS_A_YEAR = 365;
const A_YEAR = Math.sqrt(DAYS_A_YEAR);
const SURE = 0.95;
const FALSE_SHARE_MAX = 0.05;
/** Probability beyond each of the two bounds. */
const TAIL = 0.05;

export interface RecordToRank {
  readonly name: string;
  /** Daily, after costs. */
  readonly returns: Float64Array;
}

export interface RankOptions {
  /** All who were ever looked at, these included: the best of many is lucky. */
  readonly screened: number;
}

/** `skill-likely` asks for all three: the lower bound above zero, the deflated ratio at 95 % and a q-value of at most 5 %. */
export type Conclusion = "skill-likely" | "unproven" | "losing";

/** Sharpe ratios are per year of 365 days. */
export interface RankedRecord {
  readonly name: string;
  readonly days: number;
  readonly sharpe: number;
  /** Drawn towards the others. */
  readonly shrunkSharpe: number;
  /** Under it the true ratio lies with 5 %. */
  readonly lowerBound: number;
  /** Above it with 5 %. */
  readonly upperBound: number;
  /** Probability that the true ratio is above zero. */
  readonly probabilisticSharpe: number | null;
  /** The same above what the luckiest of all who were screened would show. */
  readonly deflatedSharpe: number | null;
  /** Days until 95 % would be reached, were it to go on like this; null where the ratio is not above zero. */
  readonly daysNeeded: number | null;
  /** Of a mean return that is not above zero. */
  readonly pValue: number;
  /** Share of false finds among all with one as small; whoever gives no figure counts as tested without success. */
  readonly qValue: number;
  readonly conclusion: Conclusion;
}

export interface Ranking {
  /** The surest first. */
  readonly ranked: readonly RankedRecord[];
  /** Fewer than two returns, all returns the same, or no uncertainty that could be told. */
  readonly withoutSharpe: readonly string[];
  /** A year; what the luckiest of all who were screened would show without any skill. Null without ranked records. */
  readonly luckiestSharpe: number | null;
}

/**
 * At least that of a record without skill. A day of good luck makes a ratio larger and at once its own error smaller, by the skew that it
 * leaves: ordered by such errors the lucky come first (`npm run study:ranking`). Losses in the tail count as they are.
 */
function drawnVariance({ n, standardError }: SharpeStatistics): number {
  return Math.max(standardError ** 2, 1 / (n - 1));
}

interface Candidate {
  readonly record: RecordToRank;
  readonly statistics: SharpeStatistics;
}

export function rankRecords(records: readonly RecordToRank[], options: RankOptions): Ranking {
  const candidates: Candidate[] = [];
  const withoutSharpe: string[] = [];
  for (const record of records) {
    const statistics = sharpeStatistics(record.returns);
    if (statistics === null) withoutSharpe.push(record.name);
    else candidates.push({ record, statistics });
  }
  const sharpes = candidates.map(({ statistics }) => statistics.sharpePerDay);
  const variances = candidates.map(({ statistics }) => drawnVariance(statistics));
  const drawn = drawnTogether(sharpes, variances, TAIL);
  const luckiest = luckiestSharpe(sharpes, variances, options.screened);
  const pValues = candidates.map(({ record }) => meanAboveZero(record.returns) ?? 1);
  const qValues = benjaminiHochberg(pValues, Math.max(options.screened, candidates.length));
  const ranked = candidates.map((candidate, at) =>
    rankedRecord(candidate, {
      drawn: drawn[at] ?? NOTHING_KNOWN,
      luckiest,
      pValue: pValues[at] ?? 1,
      qValue: qValues[at] ?? 1,
    }),
  );
  return {
    ranked: ranked.sort(surerFirst),
    withoutSharpe,
    luckiestSharpe: candidates.length === 0 ? null : luckiest * A_YEAR,
  };
}

/**
 * Per day. Ratios without skill scatter at least as their sampling errors say; where they scatter more, so much more is luck taken to be.
 */
function luckiestSharpe(sharpes: readonly number[], variances: readonly number[], screened: number): number {
  const between = momentsOf(sharpes).deviation ?? 0;
  const within = Math.sqrt(momentsOf(variances).mean ?? 0);
  return Math.max(between, within) * expectedMaximum(screened);
}

const NOTHING_KNOWN: Drawn = {
  value: 0,
  lower: Number.NEGATIVE_INFINITY,
  upper: Number.POSITIVE_INFINITY,
};

interface Judgement {
  readonly drawn: Drawn;
  readonly luckiest: number;
  readonly pValue: number;
  readonly qValue: number;
}

function rankedRecord({ record, statistics }: Candidate, judgement: Judgement): RankedRecord {
  const { drawn, luckiest, pValue, qValue } = judgement;
  const needed = minimumTrackRecord(statistics, 0, SURE);
  const figures = {
    lowerBound: drawn.lower * A_YEAR,
    upperBound: drawn.upper * A_YEAR,
    deflatedSharpe: deflatedSharpe(statistics, luckiest),
    qValue,
  };
  return {
    name: record.name,
    days: record.returns.length,
    sharpe: statistics.sharpePerDay * A_YEAR,
    shrunkSharpe: drawn.value * A_YEAR,
    probabilisticSharpe: probabilisticSharpe(statistics, 0).probability,
    daysNeeded: statistics.sharpePerDay > 0 && needed !== null ? Math.ceil(needed) : null,
    pValue,
    ...figures,
    conclusion: conclusionOf(figures),
  };
}

function conclusionOf({
  lowerBound,
  upperBound,
  deflatedSharpe: deflated,
  qValue,
}: Pick<RankedRecord, "lowerBound" | "upperBound" | "deflatedSharpe" | "qValue">): Conclusion {
  if (upperBound < 0) return "losing";
  const isLikely = lowerBound > 0 && (deflated ?? 0) >= SURE && qValue <= FALSE_SHARE_MAX;
  return isLikely ? "skill-likely" : "unproven";
}

/** Where the bounds tie, what is likelier above zero; then by name, so that the order is always the same. */
function surerFirst(one: RankedRecord, other: RankedRecord): number {
  return (
    other.lowerBound - one.lowerBound ||
    (other.probabilisticSharpe ?? 0) - (one.probabilisticSharpe ?? 0) ||
    (one.name < other.name ? -1 : 1)
  );
}
