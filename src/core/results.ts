/**
 * What copying brought in and cost on a follower's account: per leader, what of ours is no leader's (an order that a lost tail of
 * the journal had sent), and the account's sum. Taken from the ledgers that are kept, exact to the last digit; what the owner holds
 * and trades itself is no part of it.
 */
import { type Ledger, worthOf } from "./ledger.ts";
import type { Ticks } from "./model/amounts.ts";
import { Decimal } from "./model/decimal.ts";
import type { AccountId } from "./model/identifiers.ts";
import type { Instrument } from "./model/instrument.ts";
import { valuationTicks } from "./quotes.ts";
import type { FollowerMarket, FollowerState, State } from "./state.ts";

export interface ResultSum {
  /** What trades moved and what is held is worth; null while a price is missing of something that is held. */
  readonly trades: Decimal | null;
  /** Paid. */
  readonly fees: Decimal;
  /** Received. */
  readonly funding: Decimal;
}

export interface CoinResults {
  /** What the instruments settle in. */
  readonly coin: string;
  readonly leaders: ReadonlyMap<AccountId, ResultSum>;
  readonly unattributed: ResultSum;
  readonly account: ResultSum;
}

/** One for each coin that instruments settle in; most accounts have one. What is held counts at `priceOf` it. */
export function resultSums(
  state: State,
  { markets }: FollowerState,
  priceOf: (state: State, instrument: Instrument) => Ticks | null = valuationTicks,
): readonly CoinResults[] {
  const byCoin = new Map<string, Sums>();
  for (const market of markets.values()) {
    const { settleCoin } = market.instrument.spec;
    const sums = byCoin.get(settleCoin) ?? { leaders: new Map<AccountId, Sum>(), account: nothing() };
    byCoin.set(settleCoin, sums);
    addMarket(market, priceOf(state, market.instrument), sums);
  }
  return [...byCoin].map(([coin, { leaders, account }]) => ({
    coin,
    leaders,
    unattributed: [...leaders.values()].reduce(without, account),
    account,
  }));
}

/** Trades less fees plus funding. */
export function profitIn({ trades, fees, funding }: ResultSum): Decimal | null {
  return trades === null ? null : trades.minus(fees).plus(funding);
}

interface Sum {
  trades: Decimal | null;
  fees: Decimal;
  funding: Decimal;
}

interface Sums {
  readonly leaders: Map<AccountId, Sum>;
  readonly account: Sum;
}

function addMarket(market: FollowerMarket, price: Ticks | null, { leaders, account }: Sums): void {
  const { instrument, ledger, legs, copies } = market;
  add(
    account,
    ledger,
    worthAt(instrument, legs, ({ ownedLots }) => ownedLots, price),
  );
  for (const copy of copies) {
    const sum = leaders.get(copy.leader.account) ?? nothing();
    leaders.set(copy.leader.account, sum);
    add(
      sum,
      copy.ledger,
      worthAt(instrument, copy.legs, ({ heldLots }) => heldLots, price),
    );
  }
}

/** Null where something is held and no price is known. */
function worthAt<Leg>(
  instrument: Instrument,
  legs: readonly Leg[],
  lotsOf: (leg: Leg) => number,
  price: number | null,
): Decimal | null {
  const lots = legs.map(lotsOf);
  if (lots.every((one) => one === 0)) return Decimal.zero;
  if (price === null) return null;
  return lots.reduce((sum, one) => sum.plus(worthOf(instrument, one, price)), Decimal.zero);
}

function nothing(): Sum {
  return { trades: Decimal.zero, fees: Decimal.zero, funding: Decimal.zero };
}

function add(sum: Sum, { cash, taken, fees, funding }: Ledger, held: Decimal | null): void {
  sum.trades = held === null || sum.trades === null ? null : sum.trades.plus(cash).plus(taken).plus(held);
  sum.fees = sum.fees.plus(fees);
  sum.funding = sum.funding.plus(funding);
}

function without(whole: Sum, part: Sum): Sum {
  return {
    trades: whole.trades === null || part.trades === null ? null : whole.trades.minus(part.trades),
    fees: whole.fees.minus(part.fees),
    funding: whole.funding.minus(part.funding),
  };
}
