/**
 * The light simulation of a follower (traders/copying), for what would take the engine hours: a curve over delays, capital without end,
 * and the least capital. It copies in proportion of the capitals and knows no other settings; `what-if` says how near it comes.
 */

import type { CopySettings } from "../../analytics/copying/copy-settings.ts";
import { compensatedSum } from "../../analytics/numeric/sums.ts";
import { automaticBlockLength } from "../../analytics/selection/block-length.ts";
import { bootstrapIntervals } from "../../analytics/selection/bootstrap.ts";
import type { Interval } from "../../analytics/selection/wilson.ts";
import { impactCapacity } from "../../analytics/what-if/impact-capacity.ts";
import { leastCapital } from "../../analytics/what-if/least-capital.ts";
import type { Allocation } from "../../core/settings.ts";
import type { TraderFillRecord, TraderRecord } from "../../store/trader-store.ts";
import { copiedMarket, NOTHING_SEEN, type SeenSteps, seeSteps } from "../../traders/copying/copied-market.ts";
import { LeaderChanges } from "../../traders/copying/copied-share.ts";
import {
  type CopySources,
  type FollowerNet,
  followerNetReturns,
} from "../../traders/copying/follower-net.ts";
import type { MarketMoves } from "../../traders/copying/market-moves.ts";
import { openingAndTrips, type TraderEvidence } from "../../traders/evidence.ts";
import { positionFills } from "../../traders/position-fills.ts";
import { remembered } from "../../traders/remembered.ts";

export interface QuickParts {
  readonly trader: TraderRecord;
  readonly evidence: TraderEvidence;
  readonly sources: CopySources;
  fills(): AsyncIterable<readonly TraderFillRecord[]>;
}

/** Whether what bars leave open of a price counts against the follower, or as nothing. */
export type Between = "counts" | "nothing";

export function quickFollower(
  { sources, ...parts }: QuickParts,
  settings: CopySettings,
  between: Between,
): Promise<FollowerNet> {
  const moves = between === "counts" ? sources.moves : onTheLine(sources.moves);
  return followerNetReturns({ ...parts, ...sources, moves }, settings);
}

/** Prices on the straight line of their bar, and where no bar tells any the leader's. */
function onTheLine(moves: MarketMoves): MarketMoves {
  return {
    ...moves,
    between: (symbol, fromMs, toMs) => {
      const seen = moves.between(symbol, fromMs, toMs);
      return seen === null ? { ratio: 1, unknown: 0, intervalMs: 0, bar: null } : { ...seen, unknown: 0 };
    },
  };
}

/**
 * The capital that a follower in proportion needs to hold what `allocation` holds with `equity`; null where sizes have nothing to do
 * with a proportion, or the light simulation would hold something else.
 */
export function proportionalCapital(
  { sizing, positionScaling, inverse, symbolMap }: Allocation,
  equity: number,
  leaderCapital: number,
): number | null {
  if (inverse || Object.keys(symbolMap).length > 0) return null;
  const scaling = Number(positionScaling);
  switch (sizing.kind) {
    case "equity-proportional":
    case "volatility-target":
      return sizing.capital?.kind === "fixed-sum"
        ? Number(sizing.capital.amount) * scaling
        : equity * scaling;
    case "multiplier":
      return Number(sizing.multiplier) * scaling * leaderCapital;
    case "fixed-notional":
    case "fixed-quantity":
      return null;
  }
}

export interface Resampled {
  readonly resamples: number;
  readonly seed: number;
}

const CONFIDENCE = 0.95;
/** An interval of fewer days would look like one, and say nothing. */
export const INTERVAL_DAYS_MIN = 5;

/** Of the sum of such days (stationary bootstrap); null where they are too few. */
export function sumInterval(days: Float64Array, { resamples, seed }: Resampled): Interval | null {
  if (days.length < INTERVAL_DAYS_MIN || resamples === 0) return null;
  const options = { resamples, seed, confidence: CONFIDENCE };
  return bootstrapIntervals(days, (sample) => ({ sum: compensatedSum(sample) }), options).intervals.sum;
}

export interface Capacity {
  /** At which the followers' impact takes half of what there is to earn, and all of it; in the settle coin. */
  readonly half: number | null;
  readonly whole: number | null;
  readonly wholeInterval: Interval | null;
  /** The capital that was tried; what it earned before its impact, and what that took. */
  readonly triedAt: number;
  readonly earned: number;
  readonly impact: number;
}

/** Followers together, as late and with the fees of `settings`. */
export async function capacityFor(
  parts: QuickParts,
  settings: CopySettings,
  { resamples, seed }: Resampled,
): Promise<Capacity> {
  const tried = { ...settings, equity: TRIED_CAPITAL };
  const free = await quickFollower(parts, { ...tried, impactFactor: 0 }, "counts");
  const paid = await quickFollower(parts, tried, "counts");
  const capital = Number(TRIED_CAPITAL);
  const taken = free.pnl.map((profit, day) => profit - (paid.pnl[day] ?? 0));
  const at = { capital, earned: compensatedSum(free.pnl), impact: compensatedSum(taken) };
  const days = Float64Array.from(free.pnl, (_, day) => day);
  const drawn =
    days.length < INTERVAL_DAYS_MIN || resamples === 0
      ? null
      : bootstrapIntervals(
          days,
          (sample) => ({ whole: impactCapacity(drawnFrom(sample, { ...at, free: free.pnl, taken }), 1) }),
          { resamples, seed, confidence: CONFIDENCE, blockLength: automaticBlockLength(free.pnl) },
        ).intervals.whole;
  return {
    half: impactCapacity(at, 0.5),
    whole: impactCapacity(at, 1),
    wholeInterval: drawn,
    triedAt: capital,
    earned: at.earned,
    impact: at.impact,
  };
}

/** So large that no step or minimum matters. */
const TRIED_CAPITAL = "10000000";

function drawnFrom(
  days: Float64Array,
  {
    capital,
    free,
    taken,
  }: { readonly capital: number; readonly free: Float64Array; readonly taken: Float64Array },
) {
  const of = (column: Float64Array) => days.reduce((total, day) => total + (column[day] ?? 0), 0);
  return { capital, earned: of(free), impact: of(taken) };
}

/** What is asked of a capital before it is called workable. */
export const WORKABLE = { share: 0.9, errorMax: 0.2 } as const;
const LEAST_CAPITAL = 1;
const MOST_CAPITAL = 1e9;
/** Of very long records the newest changes speak. */
const CHANGES_MAX = 20_000;

export interface SizeFit {
  /** Share of the leader's traded value that is copied within the error at a capital. */
  shareAt(capital: number): number;
  /** The least capital from which on the share is enough; null where no capital is. */
  readonly least: number | null;
}

export async function sizeFitOf({ fills, sources, evidence }: QuickParts): Promise<SizeFit> {
  const seen = new Map<string, SeenSteps>();
  const { opening } = await openingAndTrips(fills, (fill) => {
    const steps = seen.get(fill.symbol) ?? { ...NOTHING_SEEN };
    seen.set(fill.symbol, steps);
    seeSteps(steps, fill);
  });
  const marketOf = remembered((symbol) =>
    copiedMarket(symbol, seen.get(symbol) ?? NOTHING_SEEN, sources.instruments),
  );
  const changes = new LeaderChanges(opening, marketOf, CHANGES_MAX);
  for await (const page of fills())
    for (const fill of page)
      if (fill.kind !== "funding") for (const one of positionFills(fill)) changes.see(one);
  const shareAt = (capital: number) =>
    changes.copiedShare({ base: evidence.base, capital, errorMax: WORKABLE.errorMax });
  const least = leastCapital((capital) => shareAt(capital) >= WORKABLE.share, {
    from: LEAST_CAPITAL,
    to: MOST_CAPITAL,
  });
  return { shareAt, least };
}
