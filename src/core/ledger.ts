/**
 * What copying brought in and cost, exactly, in the settle coin: per copy, and for all that is ours in one market. Profit and
 * loss is the cash that trades moved (and the worth of what was taken), plus what is held at a price, minus fees, plus funding;
 * parts always sum to the whole.
 */
import { Lots } from "./model/amounts.ts";
import { Decimal } from "./model/decimal.ts";
import type { Instrument } from "./model/instrument.ts";
import { valuationTicks } from "./quotes.ts";
import type { Copy, FollowerLeg, FollowerMarket, State } from "./state.ts";

export interface Ledger {
  /** Received for what was sold less paid for what was bought. */
  readonly cash: Decimal;
  /** Paid. */
  readonly fees: Decimal;
  /** Received. */
  readonly funding: Decimal;
  /** What the owner or a liquidation took, at the mark: no trade of ours, and beside `cash`, which sums to our executions. */
  readonly taken: Decimal;
}

const { zero } = Decimal;

export const EMPTY_LEDGER: Ledger = { cash: zero, fees: zero, funding: zero, taken: zero };

/** As a checkpoint keeps it: decimal texts. Earlier versions kept none. */
export function restoreLedger(texts: Partial<Readonly<Record<keyof Ledger, unknown>>> = {}): Ledger {
  const { cash, fees, funding, taken } = texts;
  return {
    cash: toDecimal(cash),
    fees: toDecimal(fees),
    funding: toDecimal(funding),
    taken: toDecimal(taken),
  };
}

/** The number behind a text that a checkpoint or a venue gave; nothing where there is none. */
export function toDecimal(text: unknown): Decimal {
  return Decimal.tryParse(String(text)) ?? zero;
}

interface Booked {
  ledger: Ledger;
}

/** A part of an amount for each copy, by index; copies that are not named get nothing. */
export type Weights = readonly { readonly copy: number; readonly weight: number }[];

/** Books `amount` in the market and its parts in the copies, in proportion to the weights. */
export function book(market: FollowerMarket, what: keyof Ledger, amount: Decimal, weights: Weights): void {
  if (amount.isZero) return;
  add(market, what, amount);
  const [only] = weights;
  if (weights.length === 1 && only !== undefined) {
    const copy = market.copies[only.copy];
    if (copy !== undefined) add(copy, what, amount);
    return;
  }
  const parts = splitMoney(
    amount,
    weights.map(({ weight }) => weight),
  );
  weights.forEach(({ copy: index }, place) => {
    const copy = market.copies[index];
    const part = parts[place];
    if (copy !== undefined && part !== undefined) add(copy, what, part);
  });
}

/** Lots that change hands at the valuation price without a trade of ours: between copies (cash), or to the owner (taken). */
export function bookAtMark(
  state: State,
  booked: Copy | FollowerMarket,
  what: "cash" | "taken",
  { instrument, lots }: { readonly instrument: Instrument; readonly lots: Lots },
): void {
  const price = valuationTicks(state, instrument);
  if (price !== null && lots !== 0) add(booked, what, worthOf(instrument, lots, price).negated());
}

/**
 * The money that a funding settlement moved is that of the whole position, of which the part on our side that the venue holds
 * too is ours (an owner may have closed some of it a moment ago): shared by the copies in proportion to what they hold, on
 * whichever side.
 */
export function bookFunding(leg: FollowerLeg, payment: Decimal): void {
  const { market, ownedLots } = leg;
  const total = leg.venue.lots === 0 ? ownedLots : leg.venue.lots;
  if (total === 0 || Math.sign(ownedLots) !== Math.sign(total)) return;
  const owned = Math.abs(ownedLots) < Math.abs(total) ? proportion(payment, ownedLots, total) : payment;
  const holders = market.copies
    .map((copy) => ({ copy, held: copy.legs.find((part) => part.leg === leg.leg)?.heldLots ?? 0 }))
    .filter(({ held }) => held !== 0);
  add(market, "funding", owned);
  let rest = owned;
  for (const [index, { copy, held }] of holders.entries()) {
    const isLast = index === holders.length - 1 && sumOf(holders) === ownedLots;
    const part = isLast ? rest : proportion(owned, held, ownedLots);
    add(copy, "funding", part);
    rest = rest.minus(part);
  }
}

function sumOf(holders: readonly { readonly held: number }[]): number {
  return holders.reduce((sum, { held }) => sum + held, 0);
}

/** Profit and loss of a copy at a price, fees and funding included; null while no price is known and something is held. */
export function profitOf(state: State, copy: Copy): Decimal | null {
  const { ledger, legs, market } = copy;
  const held = legs.reduce((sum, part) => sum + part.heldLots, 0);
  const net = netOf(ledger);
  if (held === 0) return net;
  const price = valuationTicks(state, market.instrument);
  return price === null ? null : net.plus(worthOf(market.instrument, Lots(held), price));
}

/** What came in and went out so far, without what is held. */
export function netOf({ cash, taken, fees, funding }: Ledger): Decimal {
  return cash.plus(taken).minus(fees).plus(funding);
}

/** Value of lots at a price in ticks, signed like the lots. */
export function worthOf({ lotSize, tickSize }: Instrument, lots: number, ticks: number): Decimal {
  const lotTicks = Decimal.of(BigInt(lots) * BigInt(ticks), 0);
  return lotTicks.times(lotSize).times(tickSize);
}

/** `amount` in proportion to whole weights, exactly: cut at its own digits, the rest goes to the first that has a weight. */
export function splitMoney(amount: Decimal, weights: readonly number[]): Decimal[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  if (sum === 0) return weights.map((_, index) => (index === 0 ? amount : Decimal.zero));
  const parts = weights.map((weight) => proportion(amount, weight, sum));
  const given = parts.reduce((all, part) => all.plus(part), Decimal.zero);
  const first = weights.findIndex((weight) => weight !== 0);
  return parts.map((part, index) => (index === first ? part.plus(amount.minus(given)) : part));
}

/** amount x part / whole, cut at the digits of the amount and eight more. */
function proportion(amount: Decimal, part: number, whole: number): Decimal {
  if (part === whole) return amount;
  const scale = amount.scale + EXTRA_DIGITS;
  const units = (amount.unitsAt(scale) * BigInt(part)) / BigInt(whole);
  return Decimal.of(units, scale);
}

const EXTRA_DIGITS = 8;

function add(booked: Booked, what: keyof Ledger, amount: Decimal): void {
  const sum = booked.ledger[what].plus(amount);
  const { cash, fees, funding, taken } = booked.ledger;
  booked.ledger = {
    cash: what === "cash" ? sum : cash,
    fees: what === "fees" ? sum : fees,
    funding: what === "funding" ? sum : funding,
    taken: what === "taken" ? sum : taken,
  };
}
