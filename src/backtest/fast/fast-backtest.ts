/**
 * One leader copied through the past by the fast path: what the engine and the simulated exchange would do, in a specialised loop over
 * columns, many times as fast. For thousands of variations of one past: beginnings, delays, sizes, several followers at once. Whatever it
 * cannot live through it leaves to the engine (world.ts), with the reason; test/backtest/fast-equals-engine.test.ts holds the two equal.
 */
import { seededRandomOf } from "../../analytics/numeric/random.ts";
import { Lots, Ticks } from "../../core/model/amounts.ts";
import type { AccountId } from "../../core/model/identifiers.ts";
import { priceText, quantityText } from "../../core/model/instrument.ts";
import type { AccountSettings, Allocation } from "../../core/settings.ts";
import { filterSymbol } from "../../core/shape/symbols.ts";
import { scaleLots } from "../../core/sizing/ratio.ts";
import { POSITION_FACTOR_MAX } from "../../core/sizing/size.ts";
import { sizingTerms } from "../../core/sizing/sizing.ts";
import { Snapshots } from "../../engine/snapshots.ts";
import type { AccountConnection } from "../../exchange/exchange.ts";
import { bigUnitsText, unitsFrom } from "../../exchange/simulated/fixed-point.ts";
import type { FeeRates } from "../../exchange/simulated/venue-types.ts";
import type { LeaderDelay } from "../delay.ts";
import type { CopiedFill } from "../happenings.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { type AccountSample, SNAPSHOT_MS } from "../world.ts";
import { Accounts } from "./accounts.ts";
import type { FastFill } from "./accounts-terms.ts";
import { needsEngine } from "./domain.ts";
import { type FastMarketTerms, marketTerms } from "./margin-watch.ts";
import { type MoneyUnits, moneyUnits, TOLD_SCALE } from "./money.ts";
import type { FastPast } from "./past.ts";
import type { FastSizing } from "./share-sizes.ts";
import { type Timeline, timelineOf } from "./timeline.ts";

export { type FastPast, layOutPast } from "./past.ts";

/** One way through a past that was laid out. */
export interface FastVariation {
  readonly fromMs: number;
  readonly toMs: number;
  /** How the leader is copied; further `followers` differ from it by the factors. */
  readonly allocation: Allocation;
  /** Of the follower; limits and guards have to be off. */
  readonly settings: Pick<AccountSettings, "limits" | "guards">;
  /** In the settle coin, decimal text. */
  readonly equity: string;
  /** Several followers at once, each as if alone: other sizes by a factor on the positions (decimal text), and equity. */
  readonly followers?: readonly { readonly positionScaling: string; readonly equity: string }[];
  /** When fills of the leader are heard of; a new one for each variation. */
  readonly delay: Pick<LeaderDelay, "heardAtMs">;
  readonly latencyMs: number;
  readonly feeRates: FeeRates;
  /** What the leader's capital has come to at the beginning, and at the beginning of each UTC day; decimal text. */
  capitalAt(ms: number): string;
  /** Whether it is told anew each day, or at the beginning only. */
  readonly tellsCapitalDaily: boolean;
  /** Of the engine's chance: when accounts are read whole. */
  readonly seed: number;
  /** Every fill is made out where somebody asks for it. */
  readonly onFill?: (fill: CopiedFill, follower: number) => void;
}

export interface FastFigures {
  readonly kind: "lived";
  /** At each full hour, and at the end; as samples of the engine's world without the first. */
  readonly samples: readonly AccountSample[];
  readonly fills: number;
  /** In the settle coin; funding is received. */
  readonly traded: number;
  readonly fees: number;
  readonly funding: number;
  readonly equity: number;
  /** Deepest fall from the highest equity before, at any event: a share, not below 0. */
  readonly drawdown: number;
  /** Targets at the end, by symbol, in the follower's quantities. */
  readonly targets: Readonly<Record<string, string>>;
}

export interface NeedsEngine {
  readonly kind: "needs-engine";
  /** What of it, in words; never empty. */
  readonly reasons: readonly string[];
}

export type FastOutcome = FastFigures | NeedsEngine;

/** Of each follower of the variation, one where it names none. */
export function liveFast(past: FastPast, variation: FastVariation): readonly FastOutcome[] {
  const followers = variation.followers ?? [
    { positionScaling: variation.allocation.positionScaling, equity: variation.equity },
  ];
  const prepared = prepare(past, variation, followers);
  if ("reasons" in prepared) return followers.map(() => prepared);
  const { accounts, money, markets } = prepared;
  accounts.run();
  return followers.map((_, follower) => figuresOf(accounts, { money, markets, follower }));
}

/** How many events a variation has, and its accounts ready to go through them; for benchmarks too. */
export interface PreparedRun {
  readonly accounts: Accounts;
  readonly timeline: Timeline;
  readonly money: MoneyUnits;
  readonly markets: readonly FastMarketTerms[];
}

export function prepare(
  past: FastPast,
  variation: FastVariation,
  followers: NonNullable<FastVariation["followers"]>,
): PreparedRun | NeedsEngine {
  const { allocation, settings: follower, feeRates, latencyMs, onFill } = variation;
  const { slippage } = past.parts;
  const refused = [...needsEngine({ allocation, follower, slippage, feeRates, latencyMs }), ...past.strange];
  const money = moneyUnits(past.markets.map((one) => one.follower));
  const takerRate = unitsFrom(feeRates.taker, TOLD_SCALE);
  if (money === null || takerRate === undefined) refused.push("amounts that are finer than can be counted");
  if (refused.length > 0 || money === null || takerRate === undefined)
    return { kind: "needs-engine", reasons: refused };
  const markets = past.markets.map(({ leader, follower: own }) =>
    marketTerms(own, money, {
      sizeFactorMax: POSITION_FACTOR_MAX,
      isNamedElsewhere: leader.spec.elsewhere !== undefined,
    }),
  );
  const tellsMs = variation.tellsCapitalDaily ? daysIn(variation) : new Float64Array(0);
  const sizing = sizingOf(past, variation, followers, tellsMs);
  const timeline = timelineOf(past, {
    ...variation,
    heardMs: heardOf(past, variation),
    isCopied: Uint8Array.from(past.markets, ({ leader, follower: own }) =>
      filterSymbol(allocation, leader.spec, own.spec.symbol) === null ? 1 : 0,
    ),
    ...readingsOf(past, variation),
    capitalToldMs: tellsMs,
  });
  const accounts = new Accounts({
    ...{ past, timeline, markets, sizing, latencyMs, takerRate, money },
    equity: followers.map(({ equity }) => equityUnits(equity, money)),
    onFill: onFill === undefined ? null : (fill) => onFill(madeOut(fill, past, money), fill.follower),
  });
  return { accounts, timeline, money, markets };
}

function equityUnits(text: string, { told }: MoneyUnits): number {
  const units = unitsFrom(text, TOLD_SCALE);
  if (units === undefined || units <= 0)
    throw new RangeError(
      `equity has to be an amount above zero with at most ${TOLD_SCALE} decimals, got ${text}`,
    );
  return units * told;
}

function heardOf({ ownMs }: FastPast, { delay }: FastVariation): Float64Array {
  return ownMs.map((ms) => delay.heardAtMs(ms));
}

const DAY_MS = 86_400_000;

/** Midnights after the beginning and before the end. */
function daysIn({ fromMs, toMs }: FastVariation): Float64Array {
  const days: number[] = [];
  for (let ms = (Math.floor(fromMs / DAY_MS) + 1) * DAY_MS; ms < toMs; ms += DAY_MS) days.push(ms);
  return Float64Array.from(days);
}

function sizingOf(
  past: FastPast,
  { allocation, fromMs, capitalAt }: FastVariation,
  followers: NonNullable<FastVariation["followers"]>,
  tellsMs: Float64Array,
): FastSizing {
  const { sizing, minimumPolicy } = allocation;
  const ratios = past.markets.flatMap(({ leader, follower }) =>
    followers.map(
      ({ positionScaling }) => sizingTerms({ ...allocation, positionScaling }, leader, follower).ratio,
    ),
  );
  if (sizing.kind === "equity-proportional") {
    const capitals = [capitalAt(fromMs), ...Array.from(tellsMs, (ms) => capitalAt(ms))];
    return { kind: "share", minimumPolicy, rule: sizing, ratios, capitals };
  }
  return {
    kind: "multiplier",
    minimumPolicy,
    top: Float64Array.from(ratios, ({ fast }) => fast?.numerator ?? 0),
    bottom: Float64Array.from(ratios, ({ fast }) => fast?.denominator ?? 1),
    lotsMax: Float64Array.from(ratios, ({ fast }) => fast?.lotsMax ?? -1),
    exact: (pair, lots) => {
      const ratio = ratios[pair];
      return ratio === undefined ? Number.NaN : scaleLots(Lots(lots), ratio);
    },
  };
}

/** When the engine reads accounts whole: its own schedule, by its own chance. */
function readingsOf(past: FastPast, { fromMs, toMs, seed, latencyMs, allocation }: FastVariation) {
  const { leader } = past.parts;
  const times: { leader: number[]; follower: number[] } = { leader: [], follower: [] };
  if (allocation.sizing.kind !== "multiplier" || allocation.minimumPolicy.kind !== "skip") {
    const clock = new VirtualClock(fromMs);
    const connection = (known: number[]): Pick<AccountConnection, "requestSnapshot"> => ({
      requestSnapshot: () => known.push(clock.nowMs()),
    });
    const connections = new Map([
      [leader.account, connection(times.leader)],
      [allocation.follower, connection(times.follower)],
    ]);
    const chanceOf = (account: AccountId) => seededRandomOf(seed, account);
    new Snapshots({ clock, chanceOf, connections }).start(SNAPSHOT_MS);
    clock.runUntil(toMs);
  }
  return {
    leaderReadMs: Float64Array.from(times.leader),
    followerReadMs: Float64Array.from(times.follower, (ms) => ms + latencyMs),
  };
}

/** As the engine tells it. */
function madeOut(
  { atMs, market, lots, price, fee }: FastFill,
  past: FastPast,
  { scale }: MoneyUnits,
): CopiedFill {
  const instrument = past.markets[market]?.follower;
  if (instrument === undefined) throw new Error("a fill of a market that nobody laid out");
  return {
    atMs,
    instrument: instrument.id,
    leg: "net",
    side: lots > 0 ? "buy" : "sell",
    quantity: quantityText(instrument, Lots(Math.abs(lots))),
    price: priceText(instrument, Ticks(price)),
    fee: bigUnitsText(BigInt(fee), scale),
  };
}

function figuresOf(
  accounts: Accounts,
  {
    money,
    markets,
    follower,
  }: { readonly money: MoneyUnits; readonly markets: readonly FastMarketTerms[]; readonly follower: number },
): FastOutcome {
  const outside = accounts.outside[follower] ?? null;
  if (outside !== null) return { kind: "needs-engine", reasons: [outside] };
  const { count, hourly } = accounts;
  const at = (column: ArrayLike<number>, hour: number) => column[hour * count + follower] ?? 0;
  const amount = (column: ArrayLike<number>) => (column[follower] ?? 0) / money.one;
  return {
    kind: "lived",
    samples: Array.from({ length: hourly.length }, (_, hour) => ({
      atMs: hourly.atMs[hour] ?? 0,
      equity: toldAmount(at(hourly.equity, hour), money),
      long: at(hourly.long, hour),
      short: at(hourly.short, hour),
    })),
    fills: accounts.fills[follower] ?? 0,
    traded: amount(accounts.traded),
    fees: amount(accounts.fees),
    funding: amount(accounts.funding),
    equity: toldAmount(accounts.equity[follower] ?? 0, money),
    drawdown: accounts.drawdown[follower] ?? 0,
    targets: Object.fromEntries(
      markets.map(({ instrument, symbol }, market) => [
        symbol,
        quantityText(instrument, Lots(accounts.targetOf(market, follower))),
      ]),
    ),
  };
}

/** To the last digit that the venue tells. */
function toldAmount(units: number, { told }: MoneyUnits): number {
  return Math.round(units / told) / 10 ** TOLD_SCALE;
}
