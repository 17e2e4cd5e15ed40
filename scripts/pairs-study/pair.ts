/**
 * A real leader and a real follower by their fills alone: what of the difference between them can be told without prices of the market.
 * Each fill of the follower is held against the leader's newest one in the same coin and on the same side within a minute; that fill's
 * price is the leader's, and the follower's own size is the scale, as nobody says by which rule it was sized.
 */
import { CopyBook } from "../../src/analytics/attribution/copy-book.ts";
import { type Difference, differenceBetween, sumOf } from "../../src/analytics/attribution/difference.ts";
import { Decimal } from "../../src/core/model/decimal.ts";

/** As Hyperliquid's `userFillsByTime` answers them. */
export interface RecordedFill {
  readonly coin: string;
  readonly px: string;
  readonly sz: string;
  /** B buys, A sells. */
  readonly side: "A" | "B";
  readonly time: number;
  readonly fee: string;
  readonly oid: number;
  readonly dir: string;
  readonly startPosition: string;
}

export interface RecordedPair {
  readonly pair: string;
  readonly leader: { readonly fills: readonly RecordedFill[] };
  readonly follower: { readonly fills: readonly RecordedFill[] };
}

export interface PairFindings {
  readonly pair: string;
  readonly leaderFills: number;
  /** Fills of one order are one. */
  readonly leaderOrders: number;
  readonly followerFills: number;
  /** Fills of the follower that a leader's fill explains, and of the leader's orders those that any of them follows. */
  readonly matched: number;
  readonly followedOrders: number;
  /** Milliseconds between the two fills: median and the longest. */
  readonly lagMs: { readonly median: number; readonly longest: number } | null;
  /** Basis points that the follower's price is worse than the leader's: median. */
  readonly worseBps: number | null;
  /** Of all coins together, what is held at the end valued at the coin's last fill. */
  readonly difference: Difference;
}

const WINDOW_MS = 60_000;
const RATE_PLACES = 12;
const { zero } = Decimal;

export function findingsOf({ pair, leader, follower }: RecordedPair): PairFindings {
  const led = inOrder(leader.fills);
  const matches = inOrder(follower.fills).map((fill) => ({ fill, by: leaderFillFor(fill, led) }));
  const known = matches.flatMap(({ fill, by }) => (by === null ? [] : [{ fill, by }]));
  const lags = known.map(({ fill, by }) => fill.time - by.time);
  const coins = [...new Set(follower.fills.map(({ coin }) => coin))];
  return {
    pair,
    leaderFills: led.length,
    leaderOrders: new Set(led.map(({ oid }) => oid)).size,
    followerFills: follower.fills.length,
    matched: known.length,
    followedOrders: new Set(known.map(({ by }) => by.oid)).size,
    lagMs: lags.length === 0 ? null : { median: median(lags), longest: Math.max(...lags) },
    worseBps: known.length === 0 ? null : median(known.map(({ fill, by }) => worseBps(fill, by))),
    difference: sumOf(
      coins.map((coin) => {
        const last = led.findLast((fill) => fill.coin === coin);
        return ofCoin(
          matches.filter(({ fill }) => fill.coin === coin),
          last,
        );
      }),
    ),
  };
}

interface Match {
  readonly fill: RecordedFill;
  readonly by: RecordedFill | null;
}

/** All that lies between the two prices is booked as delay: without a market price it cannot be told from spread and impact. */
function ofCoin(matches: readonly Match[], last: RecordedFill | undefined): Difference {
  const book = new CopyBook();
  const [first] = matches;
  let held = first === undefined ? zero : Decimal.parse(first.fill.startPosition);
  book.begin(held, [], held);
  const before = { books: book.snapshot(), price: priceOf(first?.fill ?? last) };
  for (const { fill, by } of matches) {
    const price = Decimal.parse(fill.px);
    const change = signed(fill);
    const feeRate = rateOf(by ?? fill);
    held = held.plus(change);
    const trade = { quantity: change, cash: change.times(price).negated(), reference: price, touch: price };
    book.trade(trade, feeRate);
    book.take({ price: priceOf(by ?? fill), feeRate, scaled: held, deviations: [] });
    book.chargeFees(Decimal.parse(fill.fee));
  }
  return differenceBetween(before, { books: book.snapshot(), price: priceOf(last ?? matches.at(-1)?.fill) });
}

function leaderFillFor(fill: RecordedFill, led: readonly RecordedFill[]): RecordedFill | null {
  const found = led.findLast(
    (one) => one.coin === fill.coin && one.side === fill.side && one.time <= fill.time,
  );
  return found === undefined || fill.time - found.time > WINDOW_MS ? null : found;
}

function rateOf({ fee, px, sz }: RecordedFill): Decimal {
  return Decimal.parse(fee).dividedBy(Decimal.parse(px).times(Decimal.parse(sz)), RATE_PLACES, "half-even");
}

function signed({ side, sz }: RecordedFill): Decimal {
  const size = Decimal.parse(sz);
  return side === "B" ? size : size.negated();
}

function priceOf(fill: RecordedFill | undefined): Decimal {
  return fill === undefined ? zero : Decimal.parse(fill.px);
}

function worseBps(fill: RecordedFill, by: RecordedFill): number {
  const side = fill.side === "B" ? 1 : -1;
  return (side * (Number(fill.px) - Number(by.px)) * 10_000) / Number(by.px);
}

function inOrder(fills: readonly RecordedFill[]): readonly RecordedFill[] {
  return fills.toSorted((left, right) => left.time - right.time);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
