/**
 * What a follower of a trader would have got: daily returns after its delay, slippage, fees and smallest sizes, where the leader's
 * profit went, and how well the leader can be copied. docs/ranking.md tells the method and each figure.
 */

import type { CopySettings } from "../../analytics/copying/copy-settings.ts";
import { type Copyability, copyabilityOf } from "../../analytics/copying/copyability.ts";
import type { EdgeLeft } from "../../analytics/copying/edges-left.ts";
import { returnsOn } from "../../analytics/equity/capital.ts";
import { holdingTimes } from "../../analytics/trades/holding-time.ts";
import type { TraderFillRecord, TraderKey, TraderRecord } from "../../store/trader-store.ts";
import { openingAndTrips, type TraderEvidence } from "../evidence.ts";
import type { TraderMarks } from "../marks.ts";
import { positionFills, positionFunding } from "../position-fills.ts";
import { remembered } from "../remembered.ts";
import {
  copiedMarket,
  type InstrumentList,
  NOTHING_SEEN,
  type SeenSteps,
  seeSteps,
} from "./copied-market.ts";
import { type CopyAssumption, copyAssumptions } from "./copy-assumptions.ts";
import { type FollowerOutcome, FollowerSimulation } from "./follower-simulation.ts";
import type { MarketMoves } from "./market-moves.ts";

/** Part of what is kept of results: another version of what makes them makes others. */
export const FOLLOWER_NET_VERSION = 4;

/** Where the leader's profit went: `net` is `gross` and `funding` less all the others. In the asset of profit, at the follower's size. */
export interface FollowerNet {
  readonly trader: TraderKey;
  readonly settings: CopySettings;
  /** UTC days (YYYY-MM-DD), the same as of the leader's evidence. */
  readonly days: readonly string[];
  /** Per day, a fraction of the capital that the days before it left; after everything. */
  readonly returns: Float64Array;
  /** Per day, in the asset of profit. */
  readonly pnl: Float64Array;
  readonly edge: EdgeLeft;
  readonly copyability: Copyability;
  readonly orders: number;
  /** Of its orders, both ways. */
  readonly tradedValue: number;
  readonly assumptions: readonly CopyAssumption[];
}

/** What results are made from; control's copySources() opens them for a data folder. */
export interface CopySources {
  readonly marks: TraderMarks;
  readonly moves: MarketMoves;
  readonly instruments: InstrumentList;
}

export interface FollowerNetInput extends CopySources {
  readonly trader: TraderRecord;
  readonly evidence: TraderEvidence;
  /** Gives the fills from the first on each time that it is called: they are gone through twice. */
  fills(): AsyncIterable<readonly TraderFillRecord[]>;
}

/**
 * Daily returns of a follower of one trader, on the days of the trader's own record.
 *
 * `returns[i]` belongs to `days[i]` and stands beside `evidence.returns[i]`, so that both can be cut into windows, correlated and ranked
 * the same way. Each day needs only what was known by its end: cutting the record off at a day changes no return before it (but where the
 * leader's capital is estimated, which looks at the whole record: state one for studies in time). Deterministic; reads the fills page
 * by page and keeps none. `followerNet` in kept-follower-net.ts gives the same out of what is kept.
 */
export async function followerNetReturns(
  input: FollowerNetInput,
  settings: CopySettings,
): Promise<FollowerNet> {
  const { trader, evidence, fills, marks, moves, instruments } = input;
  const seen = new Map<string, SeenSteps>();
  const { opening } = await openingAndTrips(fills, (fill) => {
    const steps = seen.get(fill.symbol) ?? { ...NOTHING_SEEN };
    seen.set(fill.symbol, steps);
    seeSteps(steps, fill);
  });
  const tellsFunding = !evidence.quality.some(({ word }) => word === "no-funding");
  const simulation = new FollowerSimulation({
    settings,
    opening,
    base: evidence.base,
    leaderPnl: evidence.pnl,
    tellsFunding,
    marks,
    moves,
    marketOf: remembered((symbol) => copiedMarket(symbol, seen.get(symbol) ?? NOTHING_SEEN, instruments)),
  });
  for await (const page of fills()) {
    for (const fill of page) {
      if (fill.kind === "funding") simulation.pay(positionFunding(fill));
      else for (const exact of positionFills(fill)) simulation.apply(exact);
    }
  }
  const outcome = simulation.finish();
  if (outcome === null) throw new Error(`${trader.trader} has evidence without a fill`);
  return resultOf(input, settings, { outcome, tellsFunding });
}

function resultOf(
  { trader, evidence, instruments }: FollowerNetInput,
  settings: CopySettings,
  { outcome, tellsFunding }: { readonly outcome: FollowerOutcome; readonly tellsFunding: boolean },
): FollowerNet {
  const { pnl, counts } = outcome;
  const { returns, exhaustedOn } = returnsOn(Number(settings.equity), pnl);
  const { proportion, leaderFees, leftOut } = counts;
  const ofDays = evidence.pnl.map((day, at) => day * proportion - (leaderFees[at] ?? 0) - (leftOut[at] ?? 0));
  const edge = edgeOf(outcome, { ofDays, tellsFunding, least: LEAST * Number(settings.equity) });
  const copyability = copyabilityOf({
    gross: edge.gross,
    net: edge.net,
    costs: counts.delay + counts.slippage + counts.fees,
    grossMovement: sum(ofDays.map(Math.abs)),
    changedValue: counts.changedValue,
    orderedValue: counts.orderedValue,
    listedValue: instruments.isComplete ? counts.changedValue - counts.unlistedValue : null,
    orders: counts.orders,
    ordersInRate: counts.ordersInRate,
    delayMs: settings.delayMs,
    holdingMs: holdingTimes(evidence.trips).allMs,
  });
  return {
    trader: { venue: trader.venue, trader: trader.trader },
    settings,
    days: evidence.days,
    returns,
    pnl,
    edge,
    copyability,
    orders: counts.orders,
    tradedValue: counts.tradedValue,
    assumptions: copyAssumptions(outcome, {
      tellsFunding,
      exhausted: evidence.days[exhaustedOn ?? -1] ?? null,
    }),
  };
}

function edgeOf(
  { pnl, counts }: FollowerOutcome,
  {
    ofDays,
    tellsFunding,
    least,
  }: { readonly ofDays: Float64Array; readonly tellsFunding: boolean; readonly least: number },
): EdgeLeft {
  const some = (amount: number) => (Math.abs(amount) < least ? 0 : amount);
  const [gross, net] = [some(sum(ofDays)), sum(pnl)];
  const { delay, slippage, fees } = counts;
  const funding = tellsFunding ? 0 : counts.funding;
  const sizes = some(gross + funding - delay - slippage - fees - net);
  return { gross, delay, slippage, fees, funding, net, sizes };
}

/** Share of the follower's capital below which a difference is what rounding leaves. */
const LEAST = 1e-9;

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
